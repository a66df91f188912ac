"""Secrets of tokens: how they are made, split and compared.

A secret is ``scim_`` + 8 letters (the public key id, together the visible prefix) + 40 letters.
Only HMAC-SHA-256 of it is stored, keyed with a pepper that the database does not hold. A digest
names its pepper by a mark, so that peppers can be replaced: ``<mark>$<64 hexadecimal digits>``.
"""

import hashlib
import hmac
import secrets
import string
from functools import lru_cache

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
    pepper = settings.TOKEN_PEPPER
    return f"{mark_of(pepper)}${_keyed(pepper, secret)}"


def matches(secret: str, digest: str) -> bool:
    """Tell whether a secret has this digest, in constant time, whichever pepper made it."""
    mark, plain = split(digest)
    wanted = [pepper for pepper in peppers() if mark in ("", mark_of(pepper))]
    # Each is compared, the right one found or not.
    found = [hmac.compare_digest(_keyed(pepper, secret), plain) for pepper in wanted]
    return any(found)


def is_current(digest: str) -> bool:
    """Tell whether a digest needs no replacement: its pepper is in force, or about to be."""
    known = {mark_of(pepper) for pepper in (settings.TOKEN_PEPPER, settings.TOKEN_PEPPER_NEXT)}
    return split(digest)[0] in known - {""}


def peppers() -> list[str]:
    """Return all peppers whose digests are accepted, the one in force first."""
    known = (settings.TOKEN_PEPPER, settings.TOKEN_PEPPER_NEXT, settings.TOKEN_PEPPER_PREVIOUS)
    return [pepper for pepper in known if pepper]


@lru_cache(maxsize=8)
def mark_of(pepper: str) -> str:
    """Return the name under which digests know a pepper; "" of none."""
    return _keyed(pepper, "the name of this pepper")[:8] if pepper else ""


def split(digest: str) -> tuple[str, str]:
    """Return the mark of the pepper and the rest; digests of older releases have no mark."""
    mark, _sign, plain = digest.rpartition("$")
    return mark, plain


def _keyed(pepper: str, text: str) -> str:
    """Return HMAC-SHA-256 in hexadecimal digits."""
    content = text.encode("utf-8", "surrogateescape")
    return hmac.new(pepper.encode(), content, hashlib.sha256).hexdigest()
