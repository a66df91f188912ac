"""Activations in place: no index of users knows of ``active`` any more."""

import django.db.models.deletion
from django.db import migrations, models

from mdm_portal.database.upkeep import analyzed_seldom

# OLD is null at an INSERT and NEW at a DELETE, and so is what is asked of them.
KEEP = """
CREATE FUNCTION directory_keep_inactive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM directory_inactiveuser;
        RETURN NULL;
    END IF;
    IF NOT OLD.active THEN
        DELETE FROM directory_inactiveuser WHERE user_id = OLD.id;
    END IF;
    IF NOT NEW.active AND NEW.deprovisioned_at IS NULL THEN
        INSERT INTO directory_inactiveuser (user_id, sort_name) VALUES (NEW.id, NEW.sort_name);
    END IF;
    RETURN NULL;
END $$;
LOCK TABLE directory_user IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO directory_inactiveuser (user_id, sort_name)
SELECT id, sort_name FROM directory_user WHERE NOT active AND deprovisioned_at IS NULL;
CREATE TRIGGER directory_inactive_come AFTER INSERT ON directory_user FOR EACH ROW
    WHEN (NOT NEW.active AND NEW.deprovisioned_at IS NULL)
    EXECUTE FUNCTION directory_keep_inactive();
CREATE TRIGGER directory_inactive_change
    AFTER UPDATE OF active, deprovisioned_at, sort_name ON directory_user FOR EACH ROW
    WHEN (NOT (OLD.active AND NEW.active))
    EXECUTE FUNCTION directory_keep_inactive();
CREATE TRIGGER directory_inactive_go AFTER DELETE ON directory_user FOR EACH ROW
    WHEN (NOT OLD.active AND OLD.deprovisioned_at IS NULL)
    EXECUTE FUNCTION directory_keep_inactive();
CREATE TRIGGER directory_inactive_truncate AFTER TRUNCATE ON directory_user
    FOR EACH STATEMENT EXECUTE FUNCTION directory_keep_inactive();
"""
FORGET = """
DROP TRIGGER directory_inactive_come ON directory_user;
DROP TRIGGER directory_inactive_change ON directory_user;
DROP TRIGGER directory_inactive_go ON directory_user;
DROP TRIGGER directory_inactive_truncate ON directory_user;
DROP FUNCTION directory_keep_inactive();
"""
# PostgreSQL reads a trigger's condition anew in each statement that may fire it.
LEAVE_BY_COLUMN = """
DROP TRIGGER directory_users_leave ON directory_user;
CREATE TRIGGER directory_users_leave AFTER UPDATE OF deprovisioned_at ON directory_user FOR EACH ROW
    WHEN ((OLD.deprovisioned_at IS NULL) <> (NEW.deprovisioned_at IS NULL))
    EXECUTE FUNCTION directory_count_users();
"""
LEAVE = LEAVE_BY_COLUMN.replace(" OF deprovisioned_at", "")
# Room in each page, so that a row's next version finds a place beside it (HOT).
ROOM = "ALTER TABLE directory_user SET (fillfactor = 85)"
NO_ROOM = "ALTER TABLE directory_user RESET (fillfactor)"
UNPLANNED = (
    "version user_name display_name given_name family_name formatted_name department emails custom"
).split()


class Migration(migrations.Migration):
    """Triggers come with the table that they fill."""

    dependencies = [("directory", "0008_short_pending_lists")]

    operations = [
        migrations.CreateModel(
            name="InactiveUser",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="inactive",
                        serialize=False,
                        to="directory.user",
                    ),
                ),
                ("sort_name", models.TextField(db_collation="C")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["sort_name", "user"], name="directory_inactive_sort")
                ],
            },
        ),
        migrations.RunSQL(KEEP, FORGET),
        migrations.RemoveIndex(model_name="user", name="directory_user_inactive"),
        migrations.RunSQL(LEAVE_BY_COLUMN, LEAVE),
        migrations.RunSQL(ROOM, NO_ROOM),
        analyzed_seldom("directory_user", *UNPLANNED),
    ]
