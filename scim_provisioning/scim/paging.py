"""Pages of a list, by index (RFC 7644 section 3.4.2.4) and by cursor (RFC 9865)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.expressions import OrderBy

from scim_provisioning.scim.cursors import (
    SORT_KEY,
    Cursor,
    beyond,
    cursor_at,
    directed,
    seal,
    unseal,
)
from scim_provisioning.scim.errors import InvalidCount, InvalidValue, ScimError

MAX_RESULTS = 200
"""Most resources on a page; ``/ServiceProviderConfig`` announces it."""

DEFAULT_COUNT = 100
DEEP = 500
"""From this offset on, the rows that are passed over are walked as ids only."""

_HIGHEST = 10**15
_NUMBER = re.compile(r"[+-]?\d+", re.ASCII)

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page a client asks for, within our limits."""

    start_index: int = 1
    count: int | None = DEFAULT_COUNT
    """None leaves it to the cursor, which knows the count of the first page."""
    cursor: str | None = None
    """"" for the first page by cursor; None for a page by index."""


@dataclass(frozen=True, slots=True)
class PageResult(Generic[Row]):
    """One page, and how many rows there are on all."""

    rows: list[Row]
    total: int
    start_index: int | None = None
    """None for a page by cursor."""
    next_cursor: str | None = None
    previous_cursor: str | None = None

    @property
    def items_per_page(self) -> int:
        """Return how many rows this page has."""
        return len(self.rows)

    @property
    def members(self) -> dict[str, int | str]:
        """Return what a ListResponse says of its page, in SCIM's names."""
        found = {
            "totalResults": self.total,
            "startIndex": self.start_index,
            "itemsPerPage": self.items_per_page,
            "previousCursor": self.previous_cursor,
            "nextCursor": self.next_cursor,
        }
        return {name: value for name, value in found.items() if value is not None}


def read_page(parameters: Mapping[str, object]) -> PageRequest:
    """Return the page asked for; names in any letter case (E-14), values out of range clamped.

    ``startIndex`` below 1 is 1, a negative ``count`` is 0, one above the maximum is the maximum.
    With a cursor a count out of range is invalidCount, as RFC 9865 defines it, and ``startIndex``
    says nothing.
    """
    given = {name.lower(): value for name, value in parameters.items()}
    cursor = given.get("cursor")
    if cursor is not None:
        return _read_cursor(cursor, given.get("count"))
    count = _number(given.get("count"), "count", DEFAULT_COUNT, InvalidValue)
    start = _number(given.get("startindex"), "startIndex", 1, InvalidValue)
    return PageRequest(max(start, 1), min(max(count, 0), MAX_RESULTS))


class Listed(Protocol[Row]):
    """A list that is read page by page."""

    def read(self, offset: int, count: int) -> list[Row]:
        """Return the rows from an offset on, at most so many."""

    def beyond(self, here: Cursor | None, limit: int) -> list[Row]:
        """Return the rows beyond a cursor, nearest first; without one those at the beginning."""

    def count(self) -> int:
        """Return how many rows there are."""


@dataclass(frozen=True, slots=True)
class OrderedList(Generic[Row]):
    """The rows of a queryset in an order."""

    rows: QuerySet[Row]
    order: list[OrderBy]
    total: Callable[[], int] | None = None
    """Returns how many rows there are, where that is known without counting."""

    def read(self, offset: int, count: int) -> list[Row]:
        """Return the rows from an offset on; a deep page loads none of the rows before it."""
        ordered = self.rows.order_by(*self.order)
        end = offset + count
        if offset < DEEP:
            return list(ordered[offset:end])
        return list(ordered.filter(pk__in=ordered.values("pk")[offset:end]))

    def beyond(self, here: Cursor | None, limit: int) -> list[Row]:
        """Return the rows beyond a cursor, nearest first, each with what the list is sorted by."""
        rows = self.rows
        if len(self.order) > 1:
            rows = rows.annotate(**{SORT_KEY: self.order[0].expression})
        if here is None:
            return list(rows.order_by(*self.order)[:limit])
        ordered = rows.order_by(*directed(self.order, backward=here.backward))
        return list(ordered.filter(beyond(here, self.order))[:limit])

    def count(self) -> int:
        """Return how many rows there are."""
        return self.total() if self.total else self.rows.order_by().count()


def page_by_index(rows: Listed[Row], request: PageRequest) -> PageResult[Row]:
    """Return one page of a list and its total, in one statement or two."""
    offset, count = request.start_index - 1, request.count or 0
    found = rows.read(offset, count) if count else []
    is_last = 0 < len(found) < count or (offset == 0 and count > 0 and not found)
    total = offset + len(found) if is_last else rows.count()
    return PageResult(found, total, request.start_index)


def page_by_cursor(listed: Listed[Row], request: PageRequest, query: str) -> PageResult[Row]:
    """Return the page at a cursor, with cursors to the pages around it.

    ``query`` is ``cursors.query_of`` what the cursor must belong to.
    """
    here = unseal(request.cursor, query) if request.cursor else None
    count = _count(here, request.count)
    backward = here is not None and here.backward
    rows = listed.beyond(here, count + 1) if count else []
    is_more = len(rows) > count
    rows = rows[:count]
    if backward:
        rows.reverse()
    return PageResult(
        rows,
        listed.count(),
        next_cursor=_sealed(rows[-1:], count, query, False) if is_more or backward else None,
        previous_cursor=(
            _sealed(rows[:1], count, query, True)
            if here is not None and (is_more or not backward)
            else None
        ),
    )


def _sealed(rows: list[Row], count: int, query: str, backward: bool) -> str | None:
    """Return the cursor after the row, or before it; None without a row."""
    return seal(cursor_at(rows[0], count, backward=backward), query) if rows else None


def _count(here: Cursor | None, asked: int | None) -> int:
    """Return the size of the page; all pages of one walk have the same."""
    if here is None:
        return DEFAULT_COUNT if asked is None else asked
    if asked not in (None, here.count):
        raise InvalidCount(f"“count” was {here.count} on the first page, and stays so.")
    return here.count


def _read_cursor(cursor: object, count: object) -> PageRequest:
    """Return the page asked for by cursor."""
    if not isinstance(cursor, str):
        raise InvalidValue("“cursor” is no text.")
    if count is None:
        return PageRequest(count=None, cursor=cursor)
    number = _number(count, "count", DEFAULT_COUNT, InvalidCount)
    if not 0 <= number <= MAX_RESULTS:
        raise InvalidCount(f"“count” is between 0 and {MAX_RESULTS}.")
    return PageRequest(count=number, cursor=cursor)


def _number(value: object, name: str, default: int, error: type[ScimError]) -> int:
    """Return a whole number, clamped to what the database takes; absent, the default."""
    if value is None:
        return default
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # how the JSON parser reads a number of more than 64 bits
    text = str(value).strip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        raise error(f"“{name}” is no whole number.")
    if len(text) <= len(str(_HIGHEST)):
        return int(text)
    return -_HIGHEST if text.startswith("-") else _HIGHEST
