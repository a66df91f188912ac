"""PostgreSQL looks at the log of requests seldom, and at what matters."""

from django.db import migrations

from mdm_portal.database.upkeep import analyzed_seldom

UNPLANNED = (
    "request_id token_name address path resource_id duration_us asked answered ignored"
).split()


class Migration(migrations.Migration):
    """How PostgreSQL keeps the table; its columns stay as they are."""

    dependencies = [("activity", "0003_ignored")]

    operations = [analyzed_seldom("activity_scimrequest", *UNPLANNED)]
