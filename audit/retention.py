"""The one way out of the trail: events that have been kept long enough."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.services import Subject, record

BATCH = 5_000
DELETE = """
DELETE FROM audit_event WHERE id IN (
    SELECT id FROM audit_event WHERE occurred_at < %s ORDER BY occurred_at, id LIMIT %s
) RETURNING id
"""
DELETE_MENTIONS = (
    "DELETE FROM audit_mention WHERE event_id BETWEEN %s AND %s AND event_id = ANY(%s)"
)
"""The range is what the index goes by."""


def prune(keep: timedelta) -> int:
    """Delete events older than ``keep``; return how many, and leave word of it in the trail."""
    oldest, deleted = timezone.now() - keep, 0
    while batch := _delete_batch(oldest):
        deleted += batch
    if deleted:
        record(
            events.TRAIL_PRUNED,
            actor=Actor.system(),
            subject=Subject("trail", "", oldest.date().isoformat()),
            details=str(deleted),
        )
    return deleted


def _delete_batch(oldest: datetime) -> int:
    """Delete some events in a transaction of their own; return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL audit.retention = 'on'")
        cursor.execute(DELETE, [oldest, BATCH])
        deleted = [key for (key,) in cursor.fetchall()]
        cursor.execute("SET LOCAL audit.retention = 'off'")
        if deleted:
            cursor.execute(DELETE_MENTIONS, [min(deleted), max(deleted), deleted])
    return len(deleted)
