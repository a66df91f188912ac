"""Figures that cost: remembered for a while by all processes, the longer the more they cost.

A leaf that any room may import: it knows Django and nothing of ours.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

LONGEST_SECONDS = 30
TIMES = 100
"""Figures are remembered so many times as long as they took, and so never cost much in all."""

Figures = TypeVar("Figures")


def remembered(name: str, work: Callable[[], Figures]) -> Figures:
    """Return figures at most half a minute old, those that cost nothing fresh."""
    try:
        found: Figures | None = cache.get(name)
    except (RedisError, OSError):
        return work()
    return _worked_out(name, work) if found is None else found


def _worked_out(name: str, work: Callable[[], Figures]) -> Figures:
    """Return fresh figures, remembered for as many seconds as they are worth."""
    started = time.monotonic()
    found = work()
    seconds = min(round((time.monotonic() - started) * TIMES), LONGEST_SECONDS)
    try:
        if seconds:
            cache.set(name, found, seconds)
    except (RedisError, OSError):
        pass
    return found
