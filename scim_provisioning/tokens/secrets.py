"""Secrets of tokens: how they are made, split and compared.

A secret is ``scim_`` + 8 letters (the public key id, together the visible prefix) + 40 letters.
Only HMAC-SHA-256 of it is stored, keyed with a pepper that the database does not hold.
"""

import hashlib
import hmac
import secrets
import string

from django.conf import settings

ALPHABET = string.ascii_letters + string.digits
MARK = "scim_"
KEY_ID_LENGTH = len(MARK) + 8
SECRET_LENGTH = KEY_ID_LENGTH + 40


def new_secret(mark: str = MARK) -> str:
    """Return a fresh secret with 238 random bits behind its public part; marks are as long."""
    return mark + "".join(
        secrets.choice(ALPHABET) for _position in range(SECRET_LENGTH - len(MARK))
    )


def key_id_of(secret: str) -> str:
    """Return the public part of a secret."""
    return secret[:KEY_ID_LENGTH]


def digest_of(secret: str) -> str:
    """Return what is stored of a secret."""
    key = settings.TOKEN_PEPPER.encode()
    return hmac.new(key, secret.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()


def matches(secret: str, digest: str) -> bool:
    """Tell whether a secret has this digest, in constant time."""
    return hmac.compare_digest(digest_of(secret), digest)
