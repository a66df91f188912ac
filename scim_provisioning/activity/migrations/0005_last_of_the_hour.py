"""Each hour knows its last request: to look for it in the log reads minutes of everybody's."""

from django.db import migrations, models

FORMER = """
CREATE OR REPLACE FUNCTION activity_count_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO activity_requesthour AS known
        (hour, provider, token_id, requests, refused, broken, last_at)
    SELECT date_trunc('hour', occurred_at, 'UTC'), provider, token_id, count(*),
        count(*) FILTER (WHERE status BETWEEN 400 AND 499), count(*) FILTER (WHERE status >= 500),
        max(occurred_at)
    FROM added GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (hour, provider, token_id) DO UPDATE SET
        requests = known.requests + EXCLUDED.requests, refused = known.refused + EXCLUDED.refused,
        broken = known.broken + EXCLUDED.broken, last_at = greatest(known.last_at, EXCLUDED.last_at);
    RETURN NULL;
END $$;
"""
COUNT = """
CREATE OR REPLACE FUNCTION activity_count_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO activity_requesthour AS known
        (hour, provider, token_id, requests, refused, broken, last_at, last_id)
    SELECT date_trunc('hour', occurred_at, 'UTC'), provider, token_id, count(*),
        count(*) FILTER (WHERE status BETWEEN 400 AND 499), count(*) FILTER (WHERE status >= 500),
        max(occurred_at), max(id)
    FROM added GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (hour, provider, token_id) DO UPDATE SET
        requests = known.requests + EXCLUDED.requests, refused = known.refused + EXCLUDED.refused,
        broken = known.broken + EXCLUDED.broken, last_at = greatest(known.last_at, EXCLUDED.last_at),
        last_id = greatest(known.last_id, EXCLUDED.last_id);
    RETURN NULL;
END $$;
LOCK TABLE activity_scimrequest IN SHARE ROW EXCLUSIVE MODE;
UPDATE activity_requesthour AS known SET last_id = logged.last_id
FROM (
    SELECT date_trunc('hour', occurred_at, 'UTC') AS hour, provider, token_id, max(id) AS last_id
    FROM activity_scimrequest GROUP BY 1, 2, 3
) AS logged
WHERE (known.hour, known.provider, known.token_id) = (logged.hour, logged.provider, logged.token_id);
"""


class Migration(migrations.Migration):
    """The function that fills the column comes with it."""

    dependencies = [("activity", "0004_calm_statistics")]

    operations = [
        migrations.AddField("requesthour", "last_id", models.BigIntegerField(db_default=0)),
        migrations.RunSQL(COUNT, FORMER),
    ]
