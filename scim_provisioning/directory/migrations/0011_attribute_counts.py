"""How many users have a value of each custom attribute is counted as they change."""

from django.db import migrations, models

KEEP = """
CREATE FUNCTION directory_count_attributes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO directory_attributecount (name, number)
        SELECT name, count(*) FROM added, jsonb_object_keys(custom) AS name GROUP BY name;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO directory_attributecount (name, number)
        SELECT name, -count(*) FROM gone, jsonb_object_keys(custom) AS name GROUP BY name;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO directory_attributecount (name, number)
        SELECT name, 1 FROM jsonb_object_keys(NEW.custom) AS name WHERE NOT OLD.custom ? name
        UNION ALL
        SELECT name, -1 FROM jsonb_object_keys(OLD.custom) AS name WHERE NOT NEW.custom ? name;
    ELSE
        DELETE FROM directory_attributecount;
    END IF;
    RETURN NULL;
END $$;
LOCK TABLE directory_user IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO directory_attributecount (name, number)
SELECT name, count(*) FROM directory_user, jsonb_object_keys(custom) AS name GROUP BY name;
CREATE TRIGGER directory_attributes_come AFTER INSERT ON directory_user
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION directory_count_attributes();
CREATE TRIGGER directory_attributes_go AFTER DELETE ON directory_user
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION directory_count_attributes();
CREATE TRIGGER directory_attributes_change AFTER UPDATE OF custom ON directory_user FOR EACH ROW
    WHEN (OLD.custom <> NEW.custom) EXECUTE FUNCTION directory_count_attributes();
CREATE TRIGGER directory_attributes_truncate AFTER TRUNCATE ON directory_user
    FOR EACH STATEMENT EXECUTE FUNCTION directory_count_attributes();
"""
FORGET = """
DROP TRIGGER directory_attributes_come ON directory_user;
DROP TRIGGER directory_attributes_go ON directory_user;
DROP TRIGGER directory_attributes_change ON directory_user;
DROP TRIGGER directory_attributes_truncate ON directory_user;
DROP FUNCTION directory_count_attributes();
"""


class Migration(migrations.Migration):
    """Triggers come with the table that they fill."""

    dependencies = [("directory", "0010_totals_by_source")]

    operations = [
        migrations.CreateModel(
            name="AttributeCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("number", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
