"""Pages of the trail by key: the millionth event costs what the first does.

What no index serves, such as a word of the quick search, is looked for within reach: so many events
back, then the page says how far it looked and offers to go on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from audit.models import Event

BEFORE, AFTER, SIZE, FAR = "before", "after", "size", "far"
SIZES = (50, 100)
HIGHEST_KEY = 2**63 - 1
NEWEST_FIRST = ("-occurred_at", "-id")
OLDEST_FIRST = ("occurred_at", "id")
REACH, FAR_REACH = 20_000, 1_000_000
"""Events that one page looks through: at first, and for whoever asks to search further."""


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Some events, newest first, and where the pages on either side begin."""

    rows: list[Event]
    newer: int | None = None
    """What ``after`` is for the page of newer events; None on the newest."""
    older: int | None = None
    """What ``before`` is for the page of older events; None on the oldest."""
    is_newest: bool = False
    reached: datetime | None = None
    """How far back was looked, where that ended before the page was full."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the trail, before or after which a page lies."""

    occurred_at: datetime
    key: int

    @property
    def earlier(self) -> Q:
        """Return what is older."""
        return self._beyond("lt", "lt")

    @property
    def later(self) -> Q:
        """Return what is newer."""
        return self._beyond("gt", "gt")

    @property
    def until_here(self) -> Q:
        """Return what is older, and the event itself."""
        return self._beyond("lt", "lte")

    @property
    def from_here(self) -> Q:
        """Return the event itself, and what is newer."""
        return self._beyond("gt", "gte")

    def _beyond(self, side: str, key_side: str) -> Q:
        """Return one range of the index: it needs the first condition, the second is exact."""
        at, key = self.occurred_at, self.key
        exact = Q(**{f"occurred_at__{side}": at}) | Q(**{f"id__{key_side}": key})
        return Q(**{f"occurred_at__{side}e": at}) & exact


def page_of(rows: QuerySet[Event], request: HttpRequest, served: QuerySet[Event]) -> TrailPage:
    """Return the page that the address asks for, else the newest events.

    ``served`` are the events that an index narrows ``rows`` down to; both may be the same.
    """
    after = _place(request.GET.get(AFTER, ""))
    page = _newer_page(rows, request, served, after) if after else None
    return page or _older_page(rows, request, served, is_newest=after is not None)


def _newer_page(
    rows: QuerySet[Event], request: HttpRequest, served: QuerySet[Event], after: Place
) -> TrailPage | None:
    """Return the events next to a place that are newer; None where they reach the newest."""
    size, later = page_size(request), rows.filter(after.later)
    limit = None if served is rows else _limit(served.filter(after.later), OLDEST_FIRST, request)
    if limit:
        later = later.filter(limit.until_here)
    found = list(later.order_by(*OLDEST_FIRST)[: size + 1])
    if len(found) <= size and not limit:
        return None
    shown = found[:size][::-1]
    newer = shown[0].pk if len(found) > size else _key(limit)
    return TrailPage(shown, newer=newer, older=shown[-1].pk if shown else after.key + 1)


def _older_page(
    rows: QuerySet[Event], request: HttpRequest, served: QuerySet[Event], *, is_newest: bool
) -> TrailPage:
    """Return the events that are older than the place in the address, else the newest."""
    size = page_size(request)
    before = None if is_newest else _place(request.GET.get(BEFORE, ""))
    same = served is rows
    if before:
        rows, served = rows.filter(before.earlier), served.filter(before.earlier)
    limit = None if same else limit_of(served, request)
    found = list(within(rows, limit).order_by(*NEWEST_FIRST)[: size + 1])
    is_full = len(found) > size
    shown = found[:size]
    return TrailPage(
        shown,
        newer=_newer_of(shown, before),
        older=shown[-1].pk if is_full else _key(limit),
        is_newest=before is None,
        reached=limit.occurred_at if limit and not is_full else None,
    )


def _key(limit: Place | None) -> int | None:
    """Return where the page beyond a limit begins."""
    return limit.key if limit else None


def _newer_of(shown: list[Event], before: Place | None) -> int | None:
    """Return after which event the newer page begins; nothing is newer than the newest page."""
    if before is None:
        return None
    return shown[0].pk if shown else before.key - 1


def limit_of(served: QuerySet[Event], request: HttpRequest) -> Place | None:
    """Return the oldest event within reach; None when all are."""
    return _limit(served, NEWEST_FIRST, request)


def within(rows: QuerySet[Event], limit: Place | None) -> QuerySet[Event]:
    """Return the rows down to a limit, itself included."""
    return rows.filter(limit.from_here) if limit else rows


def _limit(served: QuerySet[Event], order: tuple[str, ...], request: HttpRequest) -> Place | None:
    """Return the last event within reach in an order; None when nothing lies beyond it."""
    reach = FAR_REACH if request.GET.get(FAR) else REACH
    keys = served.order_by(*order).values_list("occurred_at", "id")
    last = list(keys[reach - 1 : reach + 1])
    return Place(*last[0]) if len(last) > 1 else None


def oldest_first(rows: QuerySet[Event], size: int) -> Iterator[Event]:
    """Yield all events, read ``size`` at a time: no cursor, which a pooler may not let us have."""
    batch = list(rows.order_by(*OLDEST_FIRST)[:size])
    while batch:
        yield from batch
        last = Place(batch[-1].occurred_at, batch[-1].pk)
        batch = list(rows.filter(last.later).order_by(*OLDEST_FIRST)[:size])


def page_size(request: HttpRequest) -> int:
    """Return the page size that the address asks for, else the smallest."""
    asked = request.GET.get(SIZE, "")
    return next((size for size in SIZES if str(size) == asked), SIZES[0])


def _place(text: str) -> Place | None:
    """Return the place of an event, even when its retention has ended meanwhile."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_KEY))):
        return None
    key = min(int(text), HIGHEST_KEY)
    nearest = Event.objects.filter(id__lte=key).order_by("-id").values_list("occurred_at").first()
    return Place(nearest[0], key) if nearest else None
