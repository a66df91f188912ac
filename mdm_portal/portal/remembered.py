"""Figures that cost: remembered for a while by all processes, the longer the more they cost.

A leaf that any room may import: it knows Django and nothing of ours.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.core.cache import cache

LONGEST_SECONDS = 30
TIMES = 100
"""Figures are remembered so many times as long as they took, and so never cost much in all."""

Figures = TypeVar("Figures")


def remembered(name: str, work: Callable[[], Figures]) -> Figures:
    """Return figures at most half a minute old, those that cost nothing fresh."""
    found: Figures | None = recall(name)
    return _worked_out(name, work) if found is None else found


def recall(name: str) -> Any:
    """Return what is kept under a name; None for nothing, also while the cache is out."""
    with suppress(*_outages()):
        return cache.get(name)
    return None


def keep(name: str, value: object, seconds: int) -> None:
    """Keep a value for all processes, unless the cache is out."""
    with suppress(*_outages()):
        cache.set(name, value, seconds)


def _outages() -> tuple[type[Exception], ...]:
    """Return what the cache raises while it is out; only who asks it needs its client."""
    from redis.exceptions import RedisError

    return RedisError, OSError


def _worked_out(name: str, work: Callable[[], Figures]) -> Figures:
    """Return fresh figures, remembered for as many seconds as they are worth."""
    started = time.monotonic()
    found = work()
    seconds = min(round((time.monotonic() - started) * TIMES), LONGEST_SECONDS)
    if seconds:
        keep(name, found, seconds)
    return found
