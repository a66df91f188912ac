"""The bearer token of an identity provider: a public prefix and the digest of a secret."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from scim_provisioning.providers import PROVIDERS, Provider

MAX_TOKENS = 2
SLOTS = range(1, MAX_TOKENS + 1)


class ScimToken(models.Model):
    """One token; a removed one keeps its row, without a slot (product decisions 1 to 5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.CharField(max_length=32)
    slot = models.PositiveSmallIntegerField(null=True)
    is_active = models.BooleanField(default=True)
    key_id = models.CharField(max_length=32, unique=True)
    digest = models.CharField(max_length=80)
    previous_key_id = models.CharField(max_length=32, blank=True, default="", db_index=True)
    previous_digest = models.CharField(max_length=80, blank=True, default="")
    previous_expires_at = models.DateTimeField(null=True)
    lifetime_days = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    renewed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_address = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        """The slots are what makes a third token impossible."""

        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["slot"], name="tokens_slot_unique"),
            models.CheckConstraint(
                condition=Q(slot__in=list(SLOTS), removed_at__isnull=True)
                | Q(slot__isnull=True, removed_at__isnull=False),
                name="tokens_slot_while_not_removed",
            ),
        ]

    def __str__(self) -> str:
        return self.prefix

    @property
    def prefix(self) -> str:
        """Return the visible part of the token, as the table shows it."""
        return f"{self.key_id}…"

    @property
    def provider_declaration(self) -> Provider:
        """Return the identity provider that the token belongs to."""
        return PROVIDERS[self.provider]

    @property
    def is_expired(self) -> bool:
        """Tell whether the token's time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def status(self) -> str:
        """Return ``active``, ``inactive`` or ``expired``."""
        if self.is_expired:
            return "expired"
        return "active" if self.is_active else "inactive"

    @property
    def status_label(self) -> str:
        """Return the status in the reader's language."""
        labels = {
            "active": _("Active"),
            "inactive": _("Inactive"),
            "expired": _("Expired"),
        }
        return labels[self.status]

    @property
    def days_left(self) -> int | None:
        """Return the whole days until the token expires; None when it never does."""
        return None if self.expires_at is None else (self.expires_at - timezone.now()).days


class TokenNotice(models.Model):
    """What was told about the end of a token, so that it is told once, and again after Renew."""

    token = models.ForeignKey(ScimToken, on_delete=models.CASCADE, related_name="notices")
    expires_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    """How many days before the end; 0 is the end itself."""
    recipient = models.CharField(max_length=64, blank=True, default="")
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Each notice once, whoever races for it."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["token", "expires_at", "days", "recipient"], name="tokens_notice_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.token_id} {self.days} {self.recipient}"
