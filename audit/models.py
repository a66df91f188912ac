"""The append-only event."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from audit.events import CATEGORIES, EVENTS, GROUP_JOINED, GROUP_LEFT, TYPES, EventType
from audit.mentions import Mention
from audit.preferences import ColumnChoice, SavedQuery
from audit.values import ShownChange, in_words

__all__ = ["ColumnChoice", "Event", "Mention", "SavedQuery"]

STATUSES: dict[str, Promise] = {"success": _("Success"), "failure": _("Failure")}
NAMELESS: dict[str, Promise] = {"system": _("System"), "": _("Unknown")}
"""How an actor without a name is shown, by its kind; ``""`` is every other kind."""


class Event(models.Model):
    """Something that was done: by whom, to what, when, with the values before and after.

    Names are stored beside the ids, so that an event still tells its story when actor and subject
    are gone. The database refuses UPDATE and DELETE (migration 0002).
    """

    SUCCESS, FAILURE = "success", "failure"
    UNKNOWN = ""
    joined: bool | None = None
    """In a user's history, of an event of a group: whether the user joined it, or left it."""

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
        """Newest first. Few indexes: each is paid by every write of an identity provider.

        ``audit_uncommon`` is not: it leaves out what identity providers do all day, and so finds
        the rest (sign-ins, tokens, settings, failures) among millions of provisioned users.
        """

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["occurred_at", "id"], name="audit_newest"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
            models.Index(
                fields=["occurred_at", "id"],
                condition=~Q(category="user") | Q(status="failure"),
                name="audit_uncommon",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject_name}"

    @property
    def kind(self) -> EventType | None:
        """Return what happened, as its reader is told it; None for an event of a later release."""
        if self.joined is None:
            return EVENTS.get(self.event)
        return GROUP_JOINED if self.joined else GROUP_LEFT

    @property
    def label(self) -> str:
        """Return the event's name in the reader's language."""
        return str(self.kind.label) if self.kind else self.event

    @property
    def performed_by(self) -> str:
        """Return who did it: the name, else the kind in the reader's language."""
        return self.actor_name or str(NAMELESS.get(self.actor_kind, NAMELESS[self.UNKNOWN]))

    @cached_property
    def told_changes(self) -> list[dict[str, Any]]:
        """Return the changes; in a user's history, of an event of a group, that of the user."""
        if self.joined is None:
            return [in_words(change) for change in self.changes]
        before, after = (None, self.subject_name) if self.joined else (self.subject_name, None)
        return [{"attribute": "groups", "before": before, "after": after}]

    @property
    def shown_changes(self) -> list[ShownChange]:
        """Return the changes with their values as people read them."""
        return [ShownChange.of(change) for change in self.told_changes]

    @property
    def tone(self) -> str:
        """Return the colour of the event's badge."""
        return self.kind.tone if self.kind else "neutral"

    @property
    def status_tone(self) -> str:
        """Return the colour of the status."""
        return "bad" if self.status == self.FAILURE else "good"

    @property
    def status_label(self) -> str:
        """Return how it ended, in the reader's language."""
        return str(STATUSES.get(self.status, self.status))

    @cached_property
    def history(self) -> str:
        """Return the query of the page that tells what was done to the same subject."""
        subject = {"subject_type": self.subject_type, "subject_id": self.subject_id}
        if not self.subject_id:
            subject = {"subject_type": self.subject_type, "subject_name": self.subject_name}
        return urlencode(subject) if self.subject_id or self.subject_name else ""

    @property
    def category_label(self) -> str:
        """Return the category in the reader's language."""
        return str(CATEGORIES.get(self.category, self.category))

    @property
    def type_label(self) -> str:
        """Return the type in the reader's language."""
        return str(TYPES.get(self.type, self.type))
