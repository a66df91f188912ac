"""Pages of a list by index: RFC 7644 section 3.4.2.4."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.expressions import OrderBy

from scim_provisioning.scim.errors import InvalidCount, InvalidValue, ScimError

MAX_RESULTS = 200
"""Most resources on a page; ``/ServiceProviderConfig`` announces it."""

DEFAULT_COUNT = 100
_DEEP = 500
"""From this offset on, the rows that are passed over are walked as ids only."""

_HIGHEST = 10**15
_NUMBER = re.compile(r"[+-]?\d+", re.ASCII)

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page a client asks for, within our limits."""

    start_index: int = 1
    count: int = DEFAULT_COUNT
    cursor: str | None = None
    """"" for the first page by cursor; None for a page by index (RFC 9865)."""


@dataclass(frozen=True, slots=True)
class PageResult(Generic[Row]):
    """One page, and how many rows there are on all."""

    rows: list[Row]
    total: int
    start_index: int
    next_cursor: str | None = None
    previous_cursor: str | None = None

    @property
    def items_per_page(self) -> int:
        """Return how many rows this page has."""
        return len(self.rows)


def read_page(parameters: Mapping[str, object]) -> PageRequest:
    """Return the page asked for; names in any letter case (E-14), values out of range clamped.

    ``startIndex`` below 1 is 1, a negative ``count`` is 0, one above the maximum is the maximum.
    """
    given = {name.lower(): value for name, value in parameters.items()}
    cursor = given.get("cursor")
    if cursor is not None and not isinstance(cursor, str):
        raise InvalidValue("“cursor” is no text.")
    error = InvalidValue if cursor is None else InvalidCount
    count = _number(given.get("count"), "count", DEFAULT_COUNT, error)
    start = _number(given.get("startindex"), "startIndex", 1, InvalidValue)
    return PageRequest(max(start, 1), min(max(count, 0), MAX_RESULTS), cursor)


def paginate(
    queryset: QuerySet[Row], order: Sequence[OrderBy], request: PageRequest
) -> PageResult[Row]:
    """Return one page of the queryset and its total, in one statement or two."""
    offset = request.start_index - 1
    rows = _rows(queryset, order, offset, request.count) if request.count else []
    is_last = 0 < len(rows) < request.count or (offset == 0 and request.count and not rows)
    total = offset + len(rows) if is_last else count_of(queryset)
    return PageResult(rows, total, request.start_index)


def count_of(queryset: QuerySet[Any]) -> int:
    """Return how many rows there are: the one place to make it cheaper for big tables."""
    return queryset.order_by().count()


def _rows(queryset: QuerySet[Row], order: Sequence[OrderBy], offset: int, count: int) -> list[Row]:
    """Return the rows of a page; a deep one loads none of the rows before it."""
    ordered = queryset.order_by(*order)
    end = offset + count
    if offset < _DEEP:
        return list(ordered[offset:end])
    return list(ordered.filter(pk__in=ordered.values("pk")[offset:end]))


def _number(value: object, name: str, default: int, error: type[ScimError]) -> int:
    """Return a whole number, clamped to what the database takes; absent, the default."""
    if value is None:
        return default
    text = str(value).strip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        raise error(f"“{name}” is no whole number.")
    if len(text) <= len(str(_HIGHEST)):
        return int(text)
    return -_HIGHEST if text.startswith("-") else _HIGHEST
