"""What happens once as a token's end comes near, and when it has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.services import Change
from scim_provisioning.tokens.models import ScimToken, TokenNotice
from scim_provisioning.tokens.overview import nearest_notice
from scim_provisioning.tokens.selectors import current_tokens
from scim_provisioning.tokens.services import record_step

OVER = 0
"""The days of the notice that a token has expired."""


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that is due: about which token, and for how many days before its end."""

    token: ScimToken
    expires_at: datetime
    days: int


def note_expired() -> int:
    """Write the audit event of each token that has expired; return how many were new."""
    told = TokenNotice.objects.filter(
        token=OuterRef("pk"), expires_at=OuterRef("expires_at"), days=OVER
    )
    due = current_tokens().filter(~Exists(told), expires_at__lte=timezone.now())
    return sum(_note_expired(token) for token in due)


def warnings_due() -> list[Warned]:
    """Return the warnings whose time has come, for tokens in use; the nearest of each token."""
    tokens = current_tokens().filter(is_active=True, expires_at__gt=timezone.now())
    found = ((token, token.expires_at, nearest_notice(token)) for token in tokens)
    return [Warned(token, end, days) for token, end, days in found if end and days]


def untold(warning: Warned, people: Iterable[str]) -> list[str]:
    """Return those who were not told yet."""
    told = set(_notices(warning).values_list("recipient", flat=True))
    return [person for person in people if person not in told]


def note_told(warning: Warned, person: str) -> None:
    """Remember that a person was told; renewing a token begins anew."""
    TokenNotice.objects.get_or_create(
        token=warning.token,
        expires_at=warning.expires_at,
        days=warning.days,
        recipient=person,
    )


def _notices(warning: Warned) -> QuerySet[TokenNotice]:
    return TokenNotice.objects.filter(
        token=warning.token, expires_at=warning.expires_at, days=warning.days
    )


def _note_expired(token: ScimToken) -> bool:
    """Write the event of one token, unless somebody did, or renewed or removed it meanwhile."""
    with transaction.atomic():
        now = current_tokens().select_for_update().filter(pk=token.pk).first()
        if now is None or now.expires_at is None or now.expires_at != token.expires_at:
            return False
        _notice, new = TokenNotice.objects.get_or_create(
            token=now, expires_at=now.expires_at, days=OVER, recipient=""
        )
        if new:
            before = "active" if now.is_active else "inactive"
            change = Change(attribute="status", before=before, after="expired")
            record_step(events.SCIM_TOKEN_EXPIRED, now, Actor.system(), [change])
    return new
