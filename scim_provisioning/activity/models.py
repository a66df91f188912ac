"""One SCIM request, as the log tells of it."""

import json
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from scim_provisioning.activity.hours import RequestHour
from scim_provisioning.activity.reasons import HARMLESS, REASONS, UNREGISTERED
from scim_provisioning.providers import PROVIDERS

__all__ = ["RequestHour", "ScimRequest"]


class ScimRequest(models.Model):
    """What was asked, what was answered, and what was ignored and why.

    Bodies are masked JSON, as text: their members stay in the order in which they came. Names
    are stored beside the ids, so that a row still tells its story when the token is gone.
    """

    occurred_at = models.DateTimeField()
    request_id = models.CharField(max_length=64)
    provider = models.CharField(max_length=32, blank=True)
    token_id = models.CharField(max_length=64, blank=True)
    token_name = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)
    method = models.CharField(max_length=16)
    path = models.TextField()
    resource = models.CharField(max_length=32, blank=True)
    resource_id = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField()
    scim_type = models.CharField(max_length=32, blank=True)
    duration_us = models.PositiveIntegerField()
    asked = models.TextField(blank=True)
    answered = models.TextField(blank=True)
    ignored = models.JSONField(default=dict)

    class Meta:
        """Newest first. Few indexes: each is paid by every request."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            BrinIndex(fields=["occurred_at"], name="activity_occurred", autosummarize=True),
            models.Index(fields=["-id"], condition=Q(status__gte=400), name="activity_refused"),
            models.Index(fields=["-id"], condition=~Q(ignored={}), name="activity_ignored"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"

    @property
    def provider_name(self) -> str:
        """Return the name of the identity provider; "" for a caller that nobody knows."""
        return PROVIDERS[self.provider].full_name if self.provider in PROVIDERS else ""

    @property
    def tone(self) -> str:
        """Return the colour of the status's badge."""
        if self.status >= 500:
            return "bad"
        return "warning" if self.status >= 400 else "good"

    @property
    def milliseconds(self) -> float:
        """Return how long the answer took."""
        return self.duration_us / 1000

    @property
    def detail(self) -> str:
        """Return the sentence of an error, "" for a success."""
        if self.status < 400 or not self.answered:
            return ""
        return str(json.loads(self.answered).get("detail", ""))

    @property
    def dropped(self) -> list[str]:
        """Return what the identity provider may have meant to store, and is not stored."""
        return [name for name, reason in sorted(self.ignored.items()) if reason not in HARMLESS]

    @property
    def unregistered(self) -> list[str]:
        """Return the plain names of custom attributes that are not registered."""
        names = (name for name, reason in sorted(self.ignored.items()) if reason == UNREGISTERED)
        return list(dict.fromkeys(name.rpartition(":")[2] for name in names))

    @property
    def reasons(self) -> list[tuple[str, str, str]]:
        """Return what was ignored: its name, why, and the custom attribute to register, if any."""
        return [
            (
                name,
                str(REASONS.get(reason, reason)),
                name.rpartition(":")[2] if reason == UNREGISTERED else "",
            )
            for name, reason in sorted(self.ignored.items())
        ]
