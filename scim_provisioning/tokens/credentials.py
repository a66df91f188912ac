"""Whether a request's bearer token is good, with at most one statement a half second a process.

A process remembers a token's row for FRESH_SECONDS, so that a revocation reaches every process
within a second without any word between them.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from django.utils import timezone

from mdm_portal.database.statements import Table
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.rekeying import rekey
from scim_provisioning.tokens.secrets import (
    KEY_ID_LENGTH,
    SECRET_LENGTH,
    is_current,
    key_id_of,
    matches,
)

TOKENS = Table(ScimToken)
OF_KEY = "WHERE removed_at IS NULL AND (key_id = %s OR previous_key_id = %s) ORDER BY created_at"
FRESH_SECONDS = 0.5
USE_NOTED_EVERY = timedelta(minutes=1)
REMEMBERED_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class Credential:
    """A token that the caller has the secret of."""

    token_id: UUID
    provider: str
    key_id: str


class InvalidCredential(Exception):
    """The Authorization header holds no token that is good now."""

    def __init__(self, credential: Credential | None = None) -> None:
        """Name the token, if the caller has its secret and only its time or status is wrong."""
        self.credential = credential
        super().__init__()


@dataclass(slots=True)
class _Remembered:
    """A token's row, as this process last read it."""

    token: ScimToken | None
    until: float
    use_noted_at: datetime | None = None
    proof: bytes = b""
    """A hash of the secret that was right; to look again costs more than to compare."""


_remembered: dict[str, _Remembered] = {}


def authenticate(header: str, address: str) -> Credential:
    """Return whose token ``header`` ("Bearer ...") carries; raise InvalidCredential otherwise."""
    scheme, _space, secret = header.strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or len(secret) != SECRET_LENGTH or not secret.isascii():
        raise InvalidCredential
    entry = _entry(key_id_of(secret))
    token = entry.token
    if token is None or not _is_right(entry, token, secret):
        raise InvalidCredential
    credential = Credential(token.id, token.provider, secret[:KEY_ID_LENGTH])
    if token.status != "active":
        raise InvalidCredential(credential)
    _note_use(entry, token, address)
    return credential


def forget_all() -> None:
    """Forget every remembered row; the next request reads afresh."""
    _remembered.clear()


def _entry(key_id: str) -> _Remembered:
    """Return the token of a key id, read at most FRESH_SECONDS ago."""
    entry = _remembered.get(key_id)
    if entry is None or entry.until < time.monotonic():
        token = _read(key_id)
        if token is None:
            return _Remembered(None, 0)
        entry = _Remembered(token, time.monotonic() + FRESH_SECONDS, token.last_used_at)
        if len(_remembered) >= REMEMBERED_AT_MOST:
            _remembered.clear()
        _remembered[key_id] = entry
    return entry


def _read(key_id: str) -> ScimToken | None:
    """Return the row that this key id leads to, now or during the overlap of a renewal."""
    return next(iter(TOKENS.read(OF_KEY, [key_id, key_id])), None)


def _is_right(entry: _Remembered, token: ScimToken, secret: str) -> bool:
    """Tell whether a secret is the token's; what was right stays right while the row is fresh."""
    proof = sha256(secret.encode()).digest()
    if not compare_digest(entry.proof, proof):
        if not _has_secret(token, secret):
            return False
        entry.proof = proof
    return True


def _has_secret(token: ScimToken, secret: str) -> bool:
    """Tell whether a secret is the token's, or the former one while a renewal lets it live on.

    A digest that was made with the pepper of yesterday is replaced on the way.
    """
    column = "digest" if token.key_id == key_id_of(secret) else "previous_digest"
    ends = token.previous_expires_at
    if column == "previous_digest" and (ends is None or ends <= timezone.now()):
        return False
    digest = getattr(token, column)
    is_right = matches(secret, digest)
    if is_right and not is_current(digest):
        rekey(token, secret, column)
    return is_right


def _note_use(entry: _Remembered, token: ScimToken, address: str) -> None:
    """Write time and address of use, once a minute at most, not once a request."""
    now = timezone.now()
    if entry.use_noted_at is None or now - entry.use_noted_at > USE_NOTED_EVERY:
        entry.use_noted_at = now
        ScimToken.objects.filter(id=token.id).update(
            last_used_at=now, last_used_address=address[:64]
        )
