"""How many requests there were in each hour: what charts and figures read instead of the log."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, QuerySet, Sum


class RequestHour(models.Model):
    """The requests of a token in an hour, counted by the database as they are logged."""

    pk = models.CompositePrimaryKey("hour", "provider", "token_id")
    hour = models.DateTimeField()
    provider = models.CharField(max_length=32, blank=True)
    token_id = models.CharField(max_length=64, blank=True)
    requests = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    """Answered 4xx: the caller's affair."""
    broken = models.PositiveIntegerField()
    """Answered 5xx: ours."""
    last_at = models.DateTimeField()
    last_id = models.BigIntegerField(db_default=0)
    """The newest of them in the log, while it is kept there."""

    def __str__(self) -> str:
        return f"{self.hour} {self.provider} {self.requests}"


REQUESTS, FAILED = Sum("requests"), Sum(F("refused") + F("broken"))


def hours_since(moment: datetime) -> QuerySet[Any]:
    """Return the hours since a moment, that of the moment itself included."""
    return RequestHour.objects.filter(
        hour__gte=moment.replace(minute=0, second=0, microsecond=0)
    ).order_by()
