"""The only code that writes tokens: each call one transaction, one actor, one audit event."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import events
from audit.actors import Actor
from audit.events import EventType
from audit.services import Change, Subject, record
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.tokens.models import MAX_TOKENS, SLOTS, ScimToken
from scim_provisioning.tokens.secrets import digest_of, key_id_of, new_secret

LIFETIMES: tuple[int | None, ...] = (30, 90, 180, 365, None)
DEFAULT_LIFETIME = 365
OVERLAP_HOURS: tuple[int, ...] = (0, 1, 24)
DEFAULT_OVERLAP = 1


class TokenError(Exception):
    """A refused token operation, with a sentence for the administrator."""


class TokenLimitReached(TokenError):
    """Both slots are filled (product decision 1)."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            _("The maximum of %d tokens is reached. Remove one before you generate another.")
            % MAX_TOKENS
        )


class TokenNotFound(TokenError):
    """The token does not exist or was removed meanwhile."""

    def __init__(self) -> None:
        """Say what happened."""
        super().__init__(_("This token does not exist any more."))


class TokenStateError(TokenError):
    """The operation makes no sense in the token's state."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token with its secret: the only moment that the secret is known."""

    token: ScimToken
    secret: str


def generate(*, provider: str, lifetime_days: int | None, actor: Actor) -> IssuedToken:
    """Return a new active token in a free slot; raise TokenLimitReached when there is none."""
    if provider not in PROVIDERS:
        raise TokenStateError(_("Choose one of the identity providers."))
    _check_lifetime(lifetime_days)
    secret = new_secret()
    with transaction.atomic():
        token = _insert_in_free_slot(provider, lifetime_days, secret)
        record_step(
            events.SCIM_TOKEN_CREATED,
            token,
            actor,
            [_changed("status", None, "active")],
        )
    return IssuedToken(token, secret)


def activate(*, token_id: UUID, actor: Actor) -> ScimToken:
    """Return the token set to active; raise TokenStateError when it is expired."""
    return _set_active(token_id, True, actor)


def deactivate(*, token_id: UUID, actor: Actor) -> ScimToken:
    """Return the token set to inactive: its IdP gets 401 within a second."""
    return _set_active(token_id, False, actor)


def renew(*, token_id: UUID, overlap_hours: int = DEFAULT_OVERLAP, actor: Actor) -> IssuedToken:
    """Return the token with a new secret and its lifetime restarted (product decisions 3, 4).

    The old secret stays valid for ``overlap_hours``, so that the IdP loses no call meanwhile.
    """
    if overlap_hours not in OVERLAP_HOURS:
        raise TokenStateError(_("Keep the old secret for 0, 1 or 24 hours."))
    secret, now = new_secret(), timezone.now()
    with transaction.atomic():
        token = _locked(token_id)
        _keep_previous(token, overlap_hours)
        before = token.expires_at
        token.key_id, token.digest = key_id_of(secret), digest_of(secret)
        token.renewed_at, token.expires_at = now, _expiry(token.lifetime_days)
        token.save()
        changes = [
            _changed(
                "token",
                f"{token.previous_key_id}…" if overlap_hours else None,
                token.prefix,
            ),
            _changed("expires", _iso(before), _iso(token.expires_at)),
        ]
        record_step(events.SCIM_TOKEN_RENEWED, token, actor, changes)
    return IssuedToken(token, secret)


def remove(*, token_id: UUID, actor: Actor) -> None:
    """Remove the token for good and free its slot."""
    with transaction.atomic():
        token = _locked(token_id)
        before = token.status
        token.slot, token.removed_at, token.is_active = None, timezone.now(), False
        token.previous_key_id = token.previous_digest = ""
        token.save()
        record_step(events.SCIM_TOKEN_DELETED, token, actor, [_changed("status", before, None)])


def _insert_in_free_slot(provider: str, lifetime_days: int | None, secret: str) -> ScimToken:
    """Return the stored token; two who race for a slot are told apart by the database."""
    for slot in SLOTS:
        token = ScimToken(
            provider=provider,
            slot=slot,
            key_id=key_id_of(secret),
            digest=digest_of(secret),
            lifetime_days=lifetime_days,
            expires_at=_expiry(lifetime_days),
        )
        try:
            with transaction.atomic():
                token.save(force_insert=True)
        except IntegrityError:
            continue
        return token
    raise TokenLimitReached


def _set_active(token_id: UUID, active: bool, actor: Actor) -> ScimToken:
    """Switch a token on or off; switching to the state it is in changes nothing."""
    with transaction.atomic():
        token = _locked(token_id)
        if active and token.is_expired:
            raise TokenStateError(_("An expired token cannot be activated. Renew it instead."))
        if token.is_active != active:
            before = token.status
            token.is_active = active
            token.save(update_fields=["is_active"])
            event = events.SCIM_TOKEN_ENABLED if active else events.SCIM_TOKEN_DISABLED
            record_step(event, token, actor, [_changed("status", before, token.status)])
    return token


def _keep_previous(token: ScimToken, overlap_hours: int) -> None:
    """Let the old secret live on for the overlap, or end it now."""
    token.previous_key_id = token.previous_digest = ""
    token.previous_expires_at = None
    if overlap_hours and not token.is_expired:
        token.previous_key_id, token.previous_digest = token.key_id, token.digest
        token.previous_expires_at = timezone.now() + timedelta(hours=overlap_hours)


def _locked(token_id: UUID) -> ScimToken:
    """Return the token's row, locked until the transaction ends."""
    token = ScimToken.objects.select_for_update().filter(id=token_id, removed_at=None).first()
    if token is None:
        raise TokenNotFound
    return token


def _check_lifetime(lifetime_days: int | None) -> None:
    """Refuse a lifetime that the form does not offer."""
    if lifetime_days not in LIFETIMES:
        raise TokenStateError(_("Choose one of the offered lifetimes."))


def _expiry(lifetime_days: int | None) -> datetime | None:
    """Return when a token made now expires."""
    return None if lifetime_days is None else timezone.now() + timedelta(days=lifetime_days)


def _changed(attribute: str, before: object, after: object) -> Change:
    return Change(attribute=attribute, before=before, after=after)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def record_step(event: EventType, token: ScimToken, actor: Actor, changes: list[Change]) -> None:
    """Write the audit event of a token, its details naming the IdP (product section 5.2)."""
    record(
        event,
        actor=actor,
        subject=Subject("token", str(token.id), token.prefix),
        provider=token.provider,
        details=PROVIDERS[token.provider].full_name,
        changes=changes,
    )
