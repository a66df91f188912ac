"""Totals know the source: the dashboard need not read every user to tell who brought how many."""

from importlib import import_module

from django.db import migrations, models

PACKAGE = __name__.rpartition(".")[0]
TOTALS = import_module(f"{PACKAGE}.0006_totals")
INACTIVE = import_module(f"{PACKAGE}.0009_inactive_users")

# Whoever reads goes on: triggers and functions are replaced, not dropped.
ALONE = "LOCK TABLE directory_user, directory_group IN SHARE ROW EXCLUSIVE MODE;\n"
EMPTY = "TRUNCATE directory_inactiveuser;\n"
FORMER = (ALONE + EMPTY + TOTALS.KEEP + INACTIVE.KEEP + INACTIVE.LEAVE_BY_COLUMN).replace(
    "CREATE ", "CREATE OR REPLACE "
)
COLUMN = """
DELETE FROM directory_total WHERE kind IN ('user', 'group');
ALTER TABLE directory_total ADD COLUMN source varchar(32) NOT NULL DEFAULT '',
    DROP CONSTRAINT directory_total_pkey, ADD PRIMARY KEY (kind, source, shard);
"""
NO_COLUMN = """
DELETE FROM directory_total WHERE kind IN ('user', 'gone', 'group');
ALTER TABLE directory_total DROP CONSTRAINT directory_total_pkey, DROP COLUMN source,
    ADD PRIMARY KEY (kind, shard);
"""
COUNT = """
CREATE OR REPLACE FUNCTION directory_kind(gone_at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN gone_at IS NULL THEN 'user' ELSE 'gone' END;
$$;
CREATE OR REPLACE FUNCTION directory_add(counted text, origin text, difference bigint) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO directory_total (kind, source, shard, number)
    SELECT counted, origin, pg_backend_pid() % 32, difference WHERE difference <> 0
    ON CONFLICT (kind, source, shard)
    DO UPDATE SET number = directory_total.number + EXCLUDED.number;
$$;
CREATE OR REPLACE FUNCTION directory_count_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM directory_add(kind, source, number) FROM (
            SELECT directory_kind(deprovisioned_at) AS kind, source, count(*) AS number
            FROM added GROUP BY 1, 2 ORDER BY 1, 2
        ) AS come;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM directory_add(kind, source, -number) FROM (
            SELECT directory_kind(deprovisioned_at) AS kind, source, count(*) AS number
            FROM gone GROUP BY 1, 2 ORDER BY 1, 2
        ) AS went;
        PERFORM directory_add('user moves', '', count(*)) FROM gone WHERE deprovisioned_at IS NULL;
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM directory_add(directory_kind(OLD.deprovisioned_at), OLD.source, -1);
        PERFORM directory_add(directory_kind(NEW.deprovisioned_at), NEW.source, 1);
        IF (OLD.deprovisioned_at IS NULL) <> (NEW.deprovisioned_at IS NULL) THEN
            PERFORM directory_add('user moves', '', 1);
        END IF;
    ELSE
        DELETE FROM directory_total WHERE kind IN ('user', 'gone', 'user moves');
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION directory_count_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM directory_add('group', source, number)
        FROM (SELECT source, count(*) AS number FROM added GROUP BY 1 ORDER BY 1) AS come;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM directory_add('group', source, -number)
        FROM (SELECT source, count(*) AS number FROM gone GROUP BY 1 ORDER BY 1) AS went;
        PERFORM directory_add('group moves', '', count(*)) FROM gone;
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM directory_add('group', OLD.source, -1), directory_add('group', NEW.source, 1);
    ELSE
        DELETE FROM directory_total WHERE kind IN ('group', 'group moves');
    END IF;
    RETURN NULL;
END $$;
INSERT INTO directory_total (kind, source, shard, number)
SELECT directory_kind(deprovisioned_at), source, 0, count(*) FROM directory_user GROUP BY 1, 2
UNION ALL SELECT 'group', source, 0, count(*) FROM directory_group GROUP BY source;
CREATE OR REPLACE TRIGGER directory_users_leave
    AFTER UPDATE OF deprovisioned_at, source ON directory_user FOR EACH ROW
    WHEN (
        (OLD.deprovisioned_at IS NULL) <> (NEW.deprovisioned_at IS NULL) OR OLD.source <> NEW.source
    ) EXECUTE FUNCTION directory_count_users();
CREATE TRIGGER directory_groups_change AFTER UPDATE OF source ON directory_group
    FOR EACH ROW WHEN (OLD.source <> NEW.source) EXECUTE FUNCTION directory_count_groups();
DROP FUNCTION directory_add(text, bigint);
"""
FORGET_COUNT = """
DROP TRIGGER directory_groups_change ON directory_group;
DROP FUNCTION directory_add(text, text, bigint);
DROP FUNCTION directory_kind(timestamptz);
"""
KEEP_INACTIVE = """
CREATE OR REPLACE FUNCTION directory_keep_inactive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM directory_inactiveuser;
        RETURN NULL;
    END IF;
    IF NOT OLD.active THEN
        DELETE FROM directory_inactiveuser WHERE user_id = OLD.id;
    END IF;
    IF NOT NEW.active AND NEW.deprovisioned_at IS NULL THEN
        INSERT INTO directory_inactiveuser (user_id, sort_name, source)
        VALUES (NEW.id, NEW.sort_name, NEW.source);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER directory_inactive_change
    AFTER UPDATE OF active, deprovisioned_at, sort_name, source ON directory_user FOR EACH ROW
    WHEN (NOT (OLD.active AND NEW.active))
    EXECUTE FUNCTION directory_keep_inactive();
INSERT INTO directory_inactiveuser (user_id, sort_name, source)
SELECT id, sort_name, source FROM directory_user WHERE NOT active AND deprovisioned_at IS NULL;
"""


TOTAL = migrations.CreateModel(
    name="Total",
    fields=[
        (
            "pk",
            models.CompositePrimaryKey(
                "kind",
                "source",
                "shard",
                blank=True,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        ("kind", models.CharField(max_length=16)),
        ("source", models.CharField(db_default="", max_length=32)),
        ("shard", models.SmallIntegerField()),
        ("number", models.BigIntegerField()),
    ],
)


class Migration(migrations.Migration):
    """Triggers come with the tables that they fill."""

    dependencies = [("directory", "0009_inactive_users")]

    operations = [
        migrations.RunSQL(ALONE, FORMER),
        migrations.RunSQL(COLUMN, NO_COLUMN, [migrations.DeleteModel("Total"), TOTAL]),
        migrations.AddField(
            "inactiveuser", "source", models.CharField(db_default="", max_length=32)
        ),
        migrations.RunSQL(COUNT, FORGET_COUNT),
        migrations.RunSQL(EMPTY + KEEP_INACTIVE, ALONE),
    ]
