"""How many live users and groups there are, and how often rows left: kept by the database itself."""

from django.db import migrations, models

KEEP = """
CREATE FUNCTION directory_add(counted text, difference bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO directory_total (kind, shard, number)
    SELECT counted, pg_backend_pid() % 32, difference WHERE difference <> 0
    ON CONFLICT (kind, shard) DO UPDATE SET number = directory_total.number + EXCLUDED.number;
$$;
CREATE FUNCTION directory_count_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM directory_add('user', count(*)) FROM added WHERE deprovisioned_at IS NULL;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM directory_add('user', -count(*)), directory_add('user moves', count(*))
        FROM gone WHERE deprovisioned_at IS NULL;
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM directory_add('user', CASE WHEN NEW.deprovisioned_at IS NULL THEN 1 ELSE -1 END);
        PERFORM directory_add('user moves', 1);
    ELSE
        DELETE FROM directory_total WHERE kind IN ('user', 'user moves');
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION directory_count_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM directory_add('group', count(*)) FROM added;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM directory_add('group', -count(*)), directory_add('group moves', count(*)) FROM gone;
    ELSE
        DELETE FROM directory_total WHERE kind IN ('group', 'group moves');
    END IF;
    RETURN NULL;
END $$;
LOCK TABLE directory_user, directory_group IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO directory_total (kind, shard, number)
SELECT 'user', 0, count(*) FROM directory_user WHERE deprovisioned_at IS NULL
UNION ALL SELECT 'group', 0, count(*) FROM directory_group;
CREATE TRIGGER directory_users_come AFTER INSERT ON directory_user
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION directory_count_users();
CREATE TRIGGER directory_users_go AFTER DELETE ON directory_user
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION directory_count_users();
CREATE TRIGGER directory_users_leave AFTER UPDATE ON directory_user FOR EACH ROW
    WHEN ((OLD.deprovisioned_at IS NULL) <> (NEW.deprovisioned_at IS NULL))
    EXECUTE FUNCTION directory_count_users();
CREATE TRIGGER directory_users_truncate AFTER TRUNCATE ON directory_user
    FOR EACH STATEMENT EXECUTE FUNCTION directory_count_users();
CREATE TRIGGER directory_groups_come AFTER INSERT ON directory_group
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION directory_count_groups();
CREATE TRIGGER directory_groups_go AFTER DELETE ON directory_group
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION directory_count_groups();
CREATE TRIGGER directory_groups_truncate AFTER TRUNCATE ON directory_group
    FOR EACH STATEMENT EXECUTE FUNCTION directory_count_groups();
"""
FORGET = """
DROP TRIGGER directory_users_come ON directory_user;
DROP TRIGGER directory_users_go ON directory_user;
DROP TRIGGER directory_users_leave ON directory_user;
DROP TRIGGER directory_users_truncate ON directory_user;
DROP TRIGGER directory_groups_come ON directory_group;
DROP TRIGGER directory_groups_go ON directory_group;
DROP TRIGGER directory_groups_truncate ON directory_group;
DROP FUNCTION directory_count_users();
DROP FUNCTION directory_count_groups();
DROP FUNCTION directory_add(text, bigint);
"""


class Migration(migrations.Migration):
    """Triggers come with the table that they fill."""

    dependencies = [("directory", "0005_users_by_status")]

    operations = [
        migrations.CreateModel(
            name="Total",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind", "shard", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("shard", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
