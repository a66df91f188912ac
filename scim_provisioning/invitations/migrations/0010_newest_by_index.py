"""The newest invitations are found by index from the first one on.

PostgreSQL keeps the plan that it made while the table was empty, and read all of it for each batch
of an import, until ANALYZE came.
"""

from django.db import migrations

FUNCTION = "ALTER FUNCTION invitations_mark_newest()"
OTHER_WAYS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")


class Migration(migrations.Migration):
    """The function of 0009 is planned without other ways."""

    dependencies = [("invitations", "0009_newest_is_marked")]

    operations = [
        migrations.RunSQL(f"{FUNCTION} SET {way} = off", f"{FUNCTION} RESET {way}")
        for way in OTHER_WAYS
    ]
