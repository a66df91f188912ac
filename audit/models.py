"""The append-only event."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from audit.events import CATEGORIES, EVENTS, TYPES
from audit.values import readable


class Event(models.Model):
    """Something that was done: by whom, to what, when, with the values before and after.

    Names are stored beside the ids, so that an event still tells its story when actor and subject
    are gone. The database refuses UPDATE and DELETE (migration 0001).
    """

    SUCCESS, FAILURE = "success", "failure"

    occurred_at = models.DateTimeField(auto_now_add=True)
    event = models.CharField(max_length=64)
    category = models.CharField(max_length=32)
    type = models.CharField(max_length=32)
    status = models.CharField(max_length=16, default=SUCCESS)
    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64, blank=True)
    subject_name = models.TextField(blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.TextField(blank=True)
    address = models.CharField(max_length=64, blank=True)
    provider = models.CharField(max_length=32, blank=True)
    details = models.TextField(blank=True)
    changes = models.JSONField(default=list, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        """Newest first; the page filters by event, category and subject."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["occurred_at"], name="audit_occurred"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_name}"

    @property
    def label(self) -> str:
        """Return the event's name in the reader's language."""
        return str(EVENTS[self.event].label) if self.event in EVENTS else self.event

    @property
    def performed_by(self) -> str:
        """Return who did it: the name, else the kind in the reader's language."""
        return self.actor_name or (_("System") if self.actor_kind == "system" else _("Unknown"))

    @property
    def shown_changes(self) -> list[dict[str, str]]:
        """Return the changes with their values as people read them."""
        return [{key: readable(value) for key, value in item.items()} for item in self.changes]

    @property
    def tone(self) -> str:
        """Return the colour of the event's badge."""
        return EVENTS[self.event].tone if self.event in EVENTS else "neutral"

    @property
    def category_label(self) -> str:
        """Return the category in the reader's language."""
        return str(CATEGORIES.get(self.category, self.category))

    @property
    def type_label(self) -> str:
        """Return the type in the reader's language."""
        return str(TYPES.get(self.type, self.type))
