"""One-time marks of forms, so that a form sent twice does its work once.

A secret is answered to the POST itself and never again, hence a reload of that answer, or a second
click, must not make another secret.
"""

import secrets

from django.core.cache import cache
from django.core.signing import BadSignature, TimestampSigner

LIVES_SECONDS = 24 * 3600


def new_nonce(owner: object) -> str:
    """Return a mark that only this administrator can spend, once, within a day."""
    return _signer(owner).sign(secrets.token_urlsafe(16))


def spend(nonce: str, owner: object) -> bool:
    """Tell whether the mark is genuine and unspent; from now on it is spent."""
    try:
        mark = _signer(owner).unsign(nonce, max_age=LIVES_SECONDS)
    except BadSignature:
        return False
    return bool(cache.add(f"spent-form:{mark}", 1, LIVES_SECONDS))


def _signer(owner: object) -> TimestampSigner:
    """Return the signer of one administrator's marks."""
    return TimestampSigner(salt=f"one-time-form:{owner}")
