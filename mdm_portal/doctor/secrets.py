"""Are the secrets any? Known words, short ones, repetitions, and files that others can read."""

import math
import stat
from collections import Counter

from django.conf import settings

from mdm_portal.doctor.findings import Finding, failure, ok, warning
from mdm_portal.peppers import UNKNOWN, holds

NAMES = ("SECRET_KEY", "TOKEN_PEPPER")
WORDS = ("changeme", "change-me", "change_me", "insecure", "password", "example", "secret")
WEAK_BITS, GOOD_BITS = 64, 100
MAKE = "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` makes a good one."
CAREFUL = "A new SECRET_KEY ends all sessions; for TOKEN_PEPPER see `manage.py rotate_pepper`."


def check_secrets() -> Finding:
    """Judge each secret, then how they are kept."""
    for bar, verdict in ((WEAK_BITS, failure), (GOOD_BITS, warning)):
        weak = [name for name in NAMES if strength(getattr(settings, name)) < bar]
        if weak:
            return verdict(f"{' and '.join(weak)}: easy to guess.", f"{MAKE} {CAREFUL}")
    if settings.SECRET_KEY == settings.TOKEN_PEPPER:
        return warning("SECRET_KEY and TOKEN_PEPPER are the same.", f"{MAKE} {CAREFUL}")
    return _check_file()


def check_peppers() -> Finding:
    """Look for tokens whose pepper nobody knows any more, and for a rotation that goes on."""
    found = holds()
    lost = sum(hold.pepper == UNKNOWN for hold in found)
    if lost:
        return failure(
            f"{lost} tokens are refused: TOKEN_PEPPER is not the one that they were made with.",
            "Set the former one as TOKEN_PEPPER_PREVIOUS, or renew the tokens.",
        )
    if settings.TOKEN_PEPPER_PREVIOUS:
        left = sum(hold.would_end for hold in found)
        return warning(
            f"A rotation is under way, {left} tokens hang on the pepper before.",
            "`manage.py rotate_pepper status` tells more.",
        )
    return ok("All tokens hang on the pepper in force.")


def strength(secret: str) -> float:
    """Return about how many bits a secret has: 0 for known words, repetitions count once."""
    if any(word in secret.lower() for word in WORDS):
        return 0
    once = secret[: (secret + secret).find(secret, 1)]
    shares = [count / len(once) for count in Counter(once).values()]
    return len(once) * -sum(share * math.log2(share) for share in shares)


def _check_file() -> Finding:
    """Look whether others can read the file that `up` keeps its secrets in."""
    file = settings.DATA_DIR / "secrets.json"
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError:
        mode = 0
    if mode & 0o077:
        return warning(f"Others can read {file}.", f"chmod 600 {file}")
    return ok("Long and random enough.")
