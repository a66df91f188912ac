"""Lists of the rows that match: found by an index first, then put in order.

A leaf that any room may import: it knows Django and the pages of lists.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page
from django.db import connections, transaction
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThanOrEqual,
    TupleLessThanOrEqual,
)
from django.http import HttpRequest

from mdm_portal.portal import lists

LONGEST_NUMBER = 6
AHEAD = 2
"""The front of a table is 10,000 rows by this number."""
GLANCE = 16
"""A glance at one end of it is 10,000 rows by this number."""
VAST = 2
"""So many times 10,000 have to be there, and to match as it seems, to be taken for many."""
SIZE = "SELECT reltuples FROM pg_class WHERE oid = %s::regclass"
FIND = """
WITH found ({names}) AS MATERIALIZED ({rows})
SELECT (SELECT count(*) FROM found),
    ARRAY(SELECT key FROM found ORDER BY {order} OFFSET %s LIMIT %s)
"""
SAME = ("max_parallel_workers_per_gather=0", "synchronize_seqscans=off", "jit=off")
"""Settings by which a statement finds the same rows first each time, so that no pages overlap."""
BY_INDEX = ("random_page_cost=1.1", "enable_hashjoin=off")
"""Has an index find them: as if on a turning disk, PostgreSQL would rather read the table."""
WALK = ("enable_bitmapscan=off", "enable_seqscan=off", "jit=off")
"""Settings by which the few rows at the front of an index are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: how many, one more than MOST at most, and a page of their keys."""

    count: int
    keys: list[Any]


@dataclass(frozen=True, slots=True)
class Front:
    """The rows that match among the first ones of a table, in their order."""

    rows: QuerySet[Any]
    reach: int
    """Among how many rows they are."""
    count: int

    def seems_many(self, size: int) -> bool:
        """Tell whether far more than 10,000 match, if they are as dense in all of the table."""
        return self.count * size > VAST * lists.MOST * self.reach


class FoundPaginator(lists.BoundedPaginator):
    """Pages over rows that match: they are found first, up to 10,000, and then put in order.

    Else PostgreSQL may walk the whole table in the order of the list until enough rows matched:
    those who are looked for by the end of the alphabet stand at its end. Where more than 10,000
    match, the list has those among the first 5,000 rows of the table in this order; where hardly
    any is among them, it has the 10,000 that were found.
    """

    def __init__(self, rows: QuerySet[Any], per_page: int, asked: object = 1) -> None:
        """Remember the rows, and the page that is asked for: it is found as they are counted."""
        super().__init__(rows, per_page)
        self._rows = rows
        is_number = str(asked).isdecimal() and len(str(asked)) < LONGEST_NUMBER
        self._asked = max(int(str(asked)), 1) if is_number else 1

    @cached_property
    def _first_find(self) -> Found:
        return self._find(self._asked)

    @cached_property
    def _counted(self) -> int:
        return lists.MOST + 1 if self._are_many else self._first_find.count

    @cached_property
    def _are_many(self) -> bool:
        """Tell whether so many match at both ends that more than 10,000 need not be found."""
        size = _size(self._rows)
        if size < VAST * lists.MOST or not self._front or not self._front.seems_many(size):
            return False
        with _planned(self._rows.db, WALK):
            return _at_front(_reversed(self._rows), lists.MOST // GLANCE).seems_many(size)

    @cached_property
    def count(self) -> int:
        """Return how many rows can be paged through."""
        if self.has_more and self._front:
            return self._front.count
        return min(self._counted, lists.MOST)

    @property
    def is_part(self) -> bool:
        """Tell whether those that can be paged through are just those that were found."""
        return self.has_more and not self._front

    def _keys(self, number: int) -> list[Any]:
        """Return the keys of a page."""
        if self.has_more and self._front:
            bottom = (number - 1) * self.per_page
            with _planned(self._rows.db, WALK):
                keys = self._front.rows.values_list("pk", flat=True)
                return list(keys[bottom : bottom + self.per_page])
        return (self._first_find if number == self._asked else self._find(number)).keys

    def _find(self, number: int) -> Found:
        """Return how many rows match, and the keys of a page of those that are found first."""
        order = _order(self._rows)
        found = self._rows.order_by().values_list("pk", *(field for field, _ in order[:-1]))
        try:
            sql, values = found[: lists.MOST + 1].query.get_compiler(found.db).as_sql()
        except EmptyResultSet:
            return Found(0, [])
        bottom = (number - 1) * self.per_page
        limit = max(min(self.per_page, lists.MOST - bottom), 0)
        statement = FIND.format(
            names=", ".join(["key", *(f"by_{place}" for place in range(len(order) - 1))]),
            rows=sql,
            order=", ".join(
                f"{'key' if field == 'pk' else f'by_{place}'} {'DESC' if descends else 'ASC'}"
                for place, (field, descends) in enumerate(order)
            ),
        )
        with _planned(found.db, (*SAME, *BY_INDEX)) as cursor:
            cursor.execute(statement, [*values, bottom, limit])
            return Found(*cursor.fetchone())

    @cached_property
    def _front(self) -> Front | None:
        """Return the rows that match at the front of the order; None for too few of them."""
        if not _has_index(self._rows):
            return None
        front = None
        with _planned(self._rows.db, WALK):
            for reach in (lists.MOST // GLANCE, lists.MOST // AHEAD):
                front = _at_front(self._rows, reach)
                if front.count < max(reach // 40, 1):
                    return None
        return front


@contextmanager
def _planned(database: str, settings: Iterable[str]) -> Iterator[Any]:
    """Give a cursor of a transaction whose statements are planned with some settings."""
    calls = ", ".join("set_config(%s, %s, true)" for _setting in settings)
    values = [part for setting in settings for part in setting.split("=")]
    with (
        transaction.atomic(using=database, savepoint=False),
        connections[database].cursor() as cursor,
    ):
        cursor.execute(f"SELECT {calls}", values)
        yield cursor


def _order(rows: QuerySet[Any]) -> list[tuple[str, bool]]:
    """Return the fields that rows are ordered by, the key last, and which of them descend."""
    fields = map(str, rows.query.order_by)
    order = [(field.removeprefix("-"), field.startswith("-")) for field in fields]
    return [("pk" if field == "id" else field, descends) for field, descends in order]


def _has_index(rows: QuerySet[Any]) -> bool:
    """Tell whether an index of the whole table has the order."""
    fields = ["id" if field == "pk" else field for field, _descends in _order(rows)]
    return any(index.fields == fields and not index.condition for index in rows.model._meta.indexes)


def _at_front(rows: QuerySet[Any], reach: int) -> Front:
    """Return the rows that are among so many of the table, in the order of the rows."""
    fields = [field for field, _descends in _order(rows)]
    table = rows.model.objects.using(rows.db).order_by(*rows.query.order_by)
    last, among = table.values_list(*fields)[reach - 1 : reach].first(), rows
    if last is not None:
        descends = _order(rows)[-1][1]
        is_before = TupleGreaterThanOrEqual if descends else TupleLessThanOrEqual
        among = rows.filter(is_before(Tuple(*map(F, fields)), last))
    return Front(among, reach, lists.count_up_to(among, lists.MOST))


def _reversed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows from their end."""
    return rows.order_by(*(field if falls else f"-{field}" for field, falls in _order(rows)))


def _size(rows: QuerySet[Any]) -> int:
    """Return about how many rows the table of a list has, as the last vacuum saw it."""
    with connections[rows.db].cursor() as cursor:
        cursor.execute(SIZE, [rows.model._meta.db_table])
        (size,) = cursor.fetchone()
    return int(size)


def find(rows: QuerySet[Any], request: HttpRequest, size: int = lists.PAGE_SIZE) -> Page[Any]:
    """Return the page that the address asks for of rows that no index has in their order."""
    asked = request.GET.get(lists.PAGE)
    return FoundPaginator(rows, size, asked).get_page(asked)


def first_found(rows: QuerySet[Any], number: int) -> Iterable[Any]:
    """Return the first rows that match; of very many, the first of those that are found."""
    page: Page[Any] = FoundPaginator(rows, number).page(1)
    return page.object_list
