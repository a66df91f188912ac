"""Keeps the log from growing for ever."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from scim_provisioning.activity.models import RequestHour, ScimRequest

BATCH = 10_000


def prune(keep: timedelta) -> int:
    """Delete requests older than ``keep``; return how many, in batches so that no lock is long."""
    oldest = timezone.now() - keep
    table = ScimRequest._meta.db_table
    deleted: int = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"DELETE FROM {table} WHERE id IN "  # noqa: S608 - our own table
                f"(SELECT id FROM {table} WHERE occurred_at < %s ORDER BY id LIMIT %s)",
                [oldest, BATCH],
            )
            deleted += cursor.rowcount
            if cursor.rowcount < BATCH:
                RequestHour.objects.filter(last_at__lt=oldest).delete()
                return deleted
