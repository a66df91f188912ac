"""How much identity providers used their tokens lately, told by the room that keeps the log.

That room is above this one: it registers its reader when it is loaded, and nothing here imports it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

PERIOD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls with one token."""

    provider: str
    token_id: str
    total: int
    failed: int


Reader = Callable[[datetime], list[Calls]]
"""Returns the calls since a moment, by token, in one statement."""
_readers: list[Reader] = []


@dataclass(frozen=True, slots=True)
class Usage:
    """Some calls of the last 24 hours, and the way to them in the request log."""

    total: int
    failed: int
    log: str
    failures_log: str


@dataclass(frozen=True, slots=True)
class LatelyUsed:
    """All calls of the last 24 hours."""

    since: datetime
    calls: tuple[Calls, ...]

    def of_token(self, token_id: object) -> Usage:
        """Return the calls with a token."""
        key = str(token_id)
        return self._usage((call for call in self.calls if call.token_id == key), token=key)

    def of_provider(self, provider: str) -> Usage:
        """Return the calls of an identity provider, with whatever token."""
        found = (call for call in self.calls if call.provider == provider)
        return self._usage(found, provider=provider)

    def _usage(self, calls: Iterable[Calls], **narrowed: str) -> Usage:
        kept = list(calls)
        log = _log(self.since, **narrowed)
        failures = _log(self.since, **narrowed, status="unsuccessful")
        total = sum(call.total for call in kept)
        return Usage(total, sum(call.failed for call in kept), log, failures)


def read_with(reader: Reader) -> None:
    """Register the reader of the log."""
    _readers[:] = [reader]


def lately_used() -> LatelyUsed:
    """Return the calls of the last 24 hours, to the minute, as the log's own filter counts."""
    since = (timezone.localtime() - PERIOD).replace(second=0, microsecond=0)
    return LatelyUsed(since, tuple(call for read in _readers for call in read(since)))


def _log(since: datetime, **narrowed: str) -> str:
    """Return the address of the request log, narrowed down."""
    query = urlencode({**narrowed, "start": since.strftime("%Y-%m-%dT%H:%M")})
    return f"{reverse('scim-requests')}?{query}"
