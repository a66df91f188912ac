"""What the pages tell beyond a token's row: what can be done, what is due, who is connected."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from scim_provisioning.providers import PROVIDERS, Provider
from scim_provisioning.tokens.models import MAX_TOKENS, ScimToken
from scim_provisioning.tokens.usage import LatelyUsed, Usage

NOTICE_DAYS = (30, 7, 1)
NOTICE_TONES = {30: "info", 7: "warning", 1: "bad"}


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One line of the Token Status table: a token and what makes sense to do with it."""

    token: ScimToken
    usage: Usage | None = None
    """Its calls of the last 24 hours, where the page tells them."""

    @property
    def can_activate(self) -> bool:
        """Tell whether *Set to Active* makes sense: an expired one is renewed instead."""
        return self.token.status == "inactive"

    @property
    def can_deactivate(self) -> bool:
        """Tell whether *Set to Inactive* makes sense."""
        return self.token.status == "active"

    @property
    def tone(self) -> str:
        """Return the colour of the status badge."""
        tones = {"active": "good", "inactive": "warning", "expired": "bad"}
        return tones[self.token.status]

    @property
    def old_secret_until(self) -> object:
        """Return until when the secret before the last renewal works; None when it does not."""
        ends = self.token.previous_expires_at
        return ends if self.token.previous_key_id and ends and ends > timezone.now() else None


@dataclass(frozen=True, slots=True)
class ExpiryNotice:
    """A banner about a token that expires soon, or did (product decision 4)."""

    token: ScimToken
    tone: str
    days: int
    expired: bool


@dataclass(frozen=True, slots=True)
class Connection:
    """How things stand with one identity provider."""

    provider: Provider
    tokens: tuple[ScimToken, ...]
    usage: Usage
    """Its calls of the last 24 hours, those with removed tokens too."""

    @property
    def status(self) -> tuple[str, str]:
        """Return colour and words of the state."""
        states = {token.status for token in self.tokens}
        if not states:
            return "neutral", _("Not connected")
        if "active" in states:
            return self._active
        if "inactive" in states:
            return "warning", _("Inactive")
        return "bad", _("Expired")

    @property
    def _active(self) -> tuple[str, str]:
        if self.last_used_at:
            return "good", _("Connected")
        return "info", _("Waiting for the first request")

    @property
    def last_used_at(self) -> object:
        """Return when the provider last called with a token that still exists."""
        return max(
            (token.last_used_at for token in self.tokens if token.last_used_at), default=None
        )


def rows(tokens: Iterable[ScimToken], used: LatelyUsed | None = None) -> list[TokenRow]:
    """Return the lines of the Token Status table."""
    return [TokenRow(token, used.of_token(token.id) if used else None) for token in tokens]


def expiry_notices(tokens: Iterable[ScimToken]) -> list[ExpiryNotice]:
    """Return the banners that are due, for tokens that are in use or were until they expired."""
    found = (_notice(token) for token in tokens if token.is_active)
    return [notice for notice in found if notice]


def connections(tokens: Iterable[ScimToken], used: LatelyUsed) -> list[Connection]:
    """Return the state of every identity provider, in the order of the drop-down."""
    kept = list(tokens)
    return [
        Connection(
            provider,
            tuple(token for token in kept if token.provider == provider.key),
            used.of_provider(provider.key),
        )
        for provider in PROVIDERS.values()
    ]


def limit_reached(tokens: Iterable[ScimToken]) -> bool:
    """Tell whether no slot is free."""
    return len(list(tokens)) >= MAX_TOKENS


def nearest_notice(token: ScimToken) -> int | None:
    """Return the smallest of NOTICE_DAYS within which a token expires; None when none is.

    A token made for 30 days does not begin its life with a warning: its first is at 7 days.
    """
    if token.expires_at is None:
        return None
    left = token.expires_at - timezone.now()
    due = (days for days in NOTICE_DAYS if left <= timedelta(days=days))
    return min((days for days in due if days != token.lifetime_days), default=None)


def _notice(token: ScimToken) -> ExpiryNotice | None:
    """Return the banner of one token, coloured by the nearest of NOTICE_DAYS."""
    days = nearest_notice(token)
    if days is None:
        return None
    return ExpiryNotice(token, NOTICE_TONES[days], max(token.days_left or 0, 0), token.is_expired)
