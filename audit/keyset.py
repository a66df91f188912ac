"""Pages of the trail by key: the millionth event costs what the first does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from audit.models import Event

BEFORE, AFTER, SIZE = "before", "after", "size"
SIZES = (50, 100)
HIGHEST_KEY = 2**63 - 1
NEWEST_FIRST = ("-occurred_at", "-id")
OLDEST_FIRST = ("occurred_at", "id")


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Some events, newest first, and whether there are others on either side."""

    rows: list[Event]
    has_newer: bool = False
    has_older: bool = False

    @property
    def newer(self) -> int | None:
        """Return the key of the page before this one."""
        return self.rows[0].pk if self.rows and self.has_newer else None

    @property
    def older(self) -> int | None:
        """Return the key of the page after this one."""
        return self.rows[-1].pk if self.rows and self.has_older else None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the trail, before or after which a page lies."""

    occurred_at: datetime
    key: int

    @property
    def earlier(self) -> Q:
        """Return what is older; the index needs the first condition, the second is exact."""
        exact = Q(occurred_at__lt=self.occurred_at) | Q(id__lt=self.key)
        return Q(occurred_at__lte=self.occurred_at) & exact

    @property
    def later(self) -> Q:
        """Return what is newer."""
        exact = Q(occurred_at__gt=self.occurred_at) | Q(id__gt=self.key)
        return Q(occurred_at__gte=self.occurred_at) & exact


def page_of(rows: QuerySet[Event], request: HttpRequest) -> TrailPage:
    """Return the page that the address asks for, else the newest events."""
    size = page_size(request)
    if after := _place(request.GET.get(AFTER, "")):
        found = list(rows.filter(after.later).order_by(*OLDEST_FIRST)[: size + 1])
        if len(found) > size:
            return TrailPage(found[size - 1 :: -1], has_newer=True, has_older=True)
    before = None if after else _place(request.GET.get(BEFORE, ""))
    if before:
        rows = rows.filter(before.earlier)
    found = list(rows.order_by(*NEWEST_FIRST)[: size + 1])
    return TrailPage(found[:size], has_newer=bool(before), has_older=len(found) > size)


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
