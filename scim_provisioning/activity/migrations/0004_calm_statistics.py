"""PostgreSQL looks at the log of requests seldom, and at what matters."""

from django.db import migrations

# ANALYZE takes half a second of processor time of such a log, and would come each minute while
# identity providers push: it comes when as many rows are new as there were, and leaves out columns
# that no plan depends on.
UNPLANNED = (
    "request_id token_name address path resource_id duration_us asked answered ignored"
).split()
CALM = f"""
ALTER TABLE activity_scimrequest SET (autovacuum_analyze_scale_factor = 1);
ALTER TABLE activity_scimrequest {", ".join(f"ALTER {name} SET STATISTICS 0" for name in UNPLANNED)};
"""
EAGER = f"""
ALTER TABLE activity_scimrequest RESET (autovacuum_analyze_scale_factor);
ALTER TABLE activity_scimrequest {", ".join(f"ALTER {name} SET STATISTICS -1" for name in UNPLANNED)};
"""


class Migration(migrations.Migration):
    """How PostgreSQL keeps the table; its columns stay as they are."""

    dependencies = [("activity", "0003_ignored")]

    operations = [migrations.RunSQL(CALM, EAGER)]
