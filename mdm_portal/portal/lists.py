"""Lists of any length: their order and their pages, as the address asks for them.

A leaf that any room may import: it knows Django and nothing of ours.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

SORT = "sort"
PAGE = "page"
BEFORE = "before"
PAGE_SIZE = 25
KEYSET_PAGE_SIZE = 50
HIGHEST_ID = 2**63 - 1
DEEP = 500
"""From this row on, those that are passed over are passed by their keys."""
MOST = 10_000
"""Rows that are counted and paged; whoever has more narrows the list down."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; without ``fields`` it cannot be sorted by."""

    key: str
    label: Any
    fields: tuple[str, ...] = ()
    number: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a column, as partials/sort_header.html shows it."""

    column: Column
    direction: str
    """``ascending``, ``descending`` or nothing: the value of aria-sort."""

    @property
    def sort(self) -> str:
        """Return what a click asks for: this column, or its other direction."""
        return f"-{self.column.key}" if self.direction == "ascending" else self.column.key


@dataclass(frozen=True, slots=True)
class Sorting:
    """The order of a list."""

    columns: tuple[Column, ...]
    key: str
    descending: bool

    @property
    def order_by(self) -> tuple[str, ...]:
        """Return the order for a queryset; the primary key settles ties, so no page overlaps."""
        fields = next(column.fields for column in self.columns if column.key == self.key)
        sign = "-" if self.descending else ""
        return (*(f"{sign}{field}" for field in fields), f"{sign}pk")

    @property
    def headers(self) -> Iterator[Header]:
        """Yield the head of each column."""
        direction = "descending" if self.descending else "ascending"
        for column in self.columns:
            yield Header(column, direction if column.key == self.key else "")


def sorting(request: HttpRequest, columns: Iterable[Column], default: str) -> Sorting:
    """Return the order that the address asks for, else the default one (``-key`` descends)."""
    known = tuple(columns)
    sortable = {column.key for column in known if column.fields}
    asked = request.GET.get(SORT, default)
    chosen = asked if asked.removeprefix("-") in sortable else default
    return Sorting(known, chosen.removeprefix("-"), chosen.startswith("-"))


def count_up_to(rows: QuerySet[Any], most: int) -> int:
    """Return how many rows there are, looking at no more than so many."""
    return rows.order_by().values("pk")[:most].count()


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages over the first 10,000 rows, at a price that does not grow with the table."""

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        if isinstance(rows, QuerySet):
            return count_up_to(rows, MOST + 1)
        return len(rows[: MOST + 1])

    @cached_property
    def count(self) -> int:
        """Return how many rows can be paged through."""
        return min(self._counted, MOST)

    def page(self, number: Any) -> Page[Any]:
        """Return a page; what a deep one shows is worked out for its own rows only."""
        chosen = super().page(number)
        keys, rows = self._keys(chosen.number), self.object_list
        if keys is not None and isinstance(rows, QuerySet):
            chosen.object_list = rows.filter(pk__in=keys)
        return chosen

    def _keys(self, number: int) -> list[Any] | None:
        """Return the keys of the rows of a deep page; None for another."""
        bottom, rows = (number - 1) * self.per_page, self.object_list
        if bottom < DEEP or not isinstance(rows, QuerySet):
            return None
        return list(rows.values_list("pk", flat=True)[bottom : bottom + self.per_page])

    @property
    def has_more(self) -> bool:
        """Tell whether there are rows beyond those that can be paged through."""
        return self._counted > MOST

    @property
    def is_part(self) -> bool:
        """Tell whether those that can be paged through are others than the first in order."""
        return False


def paginate(
    rows: QuerySet[Any] | Sequence[Any], request: HttpRequest, size: int = PAGE_SIZE
) -> Page[Any]:
    """Return the page that the address asks for; else the first or the last one."""
    return BoundedPaginator(rows, size).get_page(request.GET.get(PAGE))


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """A page of a log, newest first: the last of a million costs what the first does."""

    rows: list[Any]
    older: int | None
    """What ``before`` is for the page after this one; None on the last."""
    is_newest: bool
    is_partial: bool = False
    """Whether the search ended before the page was full, with rows not looked at."""


def keyset_page(
    rows: QuerySet[Any],
    request: HttpRequest,
    size: int = KEYSET_PAGE_SIZE,
    reach: int | None = None,
) -> KeysetPage:
    """Return the page that the address asks for: the rows before an id, else the newest.

    With ``reach``, so many ids are looked through: for filters that no index serves.
    """
    # As many digits as the highest id may have: int() refuses thousands of them.
    before = request.GET.get(BEFORE, "")[:20]
    is_older = before.isascii() and before.isdigit() and int(before) <= HIGHEST_ID
    if is_older:
        rows = rows.filter(id__lt=int(before))
    floor = _floor(rows.model, int(before) if is_older else None, reach) if reach else 0
    found = list(rows.filter(id__gte=floor).order_by("-id")[: size + 1])
    page = found[:size]
    is_full = len(found) > size
    older = page[-1].pk if is_full else floor or None
    return KeysetPage(page, older, not is_older, is_partial=bool(floor) and not is_full)


def _floor(model: type[Any], before: int | None, reach: int) -> int:
    """Return the lowest id within reach; 0 when that is all there is."""
    ids = model.objects.order_by("id").values_list("id", flat=True)
    start = ids.last() if before is None else before - 1
    floor = (start or 0) - reach + 1
    return floor if floor > (ids.first() or 0) else 0


def is_filtered(request: HttpRequest) -> bool:
    """Tell whether the address narrows the list down: an empty one then means: nothing matches."""
    asked: Mapping[str, str] = request.GET.dict()
    return any(value.strip() for key, value in asked.items() if key not in {SORT, PAGE})
