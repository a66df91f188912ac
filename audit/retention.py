"""The one way out of the trail: events that have been kept long enough."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.models import Event
from audit.services import Subject, record

BATCH = 5_000


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
    table = Event._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL audit.retention = 'on'")
        cursor.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} "  # noqa: S608 - our own table
            "WHERE occurred_at < %s ORDER BY occurred_at, id LIMIT %s)",
            [oldest, BATCH],
        )
        deleted: int = cursor.rowcount
        cursor.execute("SET LOCAL audit.retention = 'off'")
    return deleted
