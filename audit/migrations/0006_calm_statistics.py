"""PostgreSQL looks at the trail seldom, and at what matters."""

from django.db import migrations

# ANALYZE takes half a second of processor time of such a log, and would come each minute while
# identity providers push: it comes when as many rows are new as there were, and leaves out columns
# that no plan depends on.
UNPLANNED = "subject_name actor_name address details changes request_id".split()
CALM = f"""
ALTER TABLE audit_event SET (autovacuum_analyze_scale_factor = 1);
ALTER TABLE audit_event {", ".join(f"ALTER {name} SET STATISTICS 0" for name in UNPLANNED)};
"""
EAGER = f"""
ALTER TABLE audit_event RESET (autovacuum_analyze_scale_factor);
ALTER TABLE audit_event {", ".join(f"ALTER {name} SET STATISTICS -1" for name in UNPLANNED)};
"""


class Migration(migrations.Migration):
    """How PostgreSQL keeps the table; its columns stay as they are."""

    dependencies = [("audit", "0005_mentions")]

    operations = [migrations.RunSQL(CALM, EAGER)]
