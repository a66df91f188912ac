"""The invitation: at once the row of the outbox and what the portal shows."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from scim_provisioning.directory import invite_status
from scim_provisioning.directory.models import User
from scim_provisioning.invitations.departures import Departure
from scim_provisioning.invitations.mail_templates.models import MailTemplate
from scim_provisioning.invitations.options.models import InvitationSettings

__all__ = ["Departure", "Invitation", "InvitationSettings", "MailTemplate"]

ANSWER_WITHIN = invite_status.ANSWER_WITHIN
UNDER_WAY = ("pending", "sent")
"""The statuses of which a user has one invitation at most."""


class Invitation(models.Model):
    """One invitation of one user; at most one is under way (product decisions 22, 23)."""

    PENDING, SENT, COMPLETED, EXPIRED, FAILED, CANCELLED = (
        "pending",
        "sent",
        "completed",
        "expired",
        "failed",
        "cancelled",
    )

    REMINDER, CONFIRMATION = "reminder", "confirmation"
    """What may follow once the invitation was sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="invitations", db_index=False
    )
    provider = models.CharField(max_length=32, blank=True, default="")
    status = models.CharField(max_length=16, default=PENDING)
    nonce = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(blank=True, default="")
    follow_up = models.CharField(max_length=16, blank=True, default="", db_default="")
    """The mail that is due at ``due_at``; before the invitation itself was sent there is none."""
    reminders = models.PositiveSmallIntegerField(default=0, db_default=0)
    reminded_at = models.DateTimeField(null=True)
    is_newest = models.BooleanField(default=True, db_default=True, editable=False)
    """Whether the user has no newer one: the database keeps it, whoever writes."""

    class Meta:
        """One live invitation a user; the worker finds due ones by index."""

        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status__in=list(UNDER_WAY)),
                name="invitation_one",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-created_at"], name="invitation_newest"),
            models.Index(fields=["status", "user"], name="invitation_status"),
            models.Index(fields=["due_at"], condition=Q(status="pending"), name="invitation_due"),
            models.Index(
                fields=["due_at"], condition=~Q(follow_up=""), name="invitation_follow_up"
            ),
            models.Index(fields=["sent_at"], condition=Q(status="sent"), name="invitation_open"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.status}"

    @property
    def is_under_way(self) -> bool:
        """Tell whether it may still be answered, so far as its row tells."""
        return self.status in UNDER_WAY

    @property
    def current_status(self) -> str:
        """Return the status as of now: nobody answered in time means expired."""
        if self.status == self.SENT and self.sent_at:
            late = timezone.now() > self.sent_at + ANSWER_WITHIN
            return self.EXPIRED if late else self.SENT
        return self.status

    @property
    def status_label(self) -> str:
        """Return the status in the reader's language."""
        labels = {
            self.PENDING: _("Pending"),
            self.SENT: _("Pending"),
            self.COMPLETED: _("Completed"),
            self.EXPIRED: _("Expired"),
            self.FAILED: _("Failed"),
            self.CANCELLED: _("Not Invited"),
        }
        return labels[self.current_status]

    @property
    def tone(self) -> str:
        """Return the colour of the status: that of the Users page."""
        status = self.current_status
        known = invite_status.PENDING if status == self.SENT else status
        declared = invite_status.INVITE_STATUSES.get(known)
        return declared.tone if declared else "neutral"

    @property
    def open_until(self) -> datetime | None:
        """Return until when it can be answered; None before it is sent."""
        return self.sent_at and self.sent_at + ANSWER_WITHIN
