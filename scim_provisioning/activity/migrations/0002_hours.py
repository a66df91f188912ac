"""Requests are counted by the hour, by the database itself."""

from django.db import migrations, models

COUNTED = """
SELECT date_trunc('hour', occurred_at, 'UTC'), provider, token_id, count(*),
    count(*) FILTER (WHERE status BETWEEN 400 AND 499), count(*) FILTER (WHERE status >= 500),
    max(occurred_at)
"""
COUNT = """
CREATE FUNCTION activity_count_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO activity_requesthour AS known
        (hour, provider, token_id, requests, refused, broken, last_at)
    {counted} FROM added GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (hour, provider, token_id) DO UPDATE SET
        requests = known.requests + EXCLUDED.requests, refused = known.refused + EXCLUDED.refused,
        broken = known.broken + EXCLUDED.broken, last_at = greatest(known.last_at, EXCLUDED.last_at);
    RETURN NULL;
END $$;
LOCK TABLE activity_scimrequest IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO activity_requesthour (hour, provider, token_id, requests, refused, broken, last_at)
{counted} FROM activity_scimrequest GROUP BY 1, 2, 3;
CREATE TRIGGER activity_hours AFTER INSERT ON activity_scimrequest
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION activity_count_hours();
"""
FORGET = """
DROP TRIGGER activity_hours ON activity_scimrequest;
DROP FUNCTION activity_count_hours();
"""


class Migration(migrations.Migration):
    """The trigger comes with the table that it fills."""

    dependencies = [("activity", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RequestHour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "hour",
                        "provider",
                        "token_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("provider", models.CharField(blank=True, max_length=32)),
                ("token_id", models.CharField(blank=True, max_length=64)),
                ("requests", models.PositiveIntegerField()),
                ("refused", models.PositiveIntegerField()),
                ("broken", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(COUNT.replace("{counted}", COUNTED), FORGET),
    ]
