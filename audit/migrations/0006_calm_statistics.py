"""PostgreSQL looks at the trail seldom, and at what matters."""

from django.db import migrations

from mdm_portal.database.upkeep import analyzed_seldom

UNPLANNED = "subject_name actor_name address details changes request_id".split()


class Migration(migrations.Migration):
    """How PostgreSQL keeps the table; its columns stay as they are."""

    dependencies = [("audit", "0005_mentions")]

    operations = [analyzed_seldom("audit_event", *UNPLANNED)]
