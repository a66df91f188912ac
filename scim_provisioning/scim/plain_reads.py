"""What identity providers read all day, without the ORM: a resource by its id, and plain lists.

A list is plain when its filter is one equality of a column that finds one resource or few, or
when it has none, in the order of the ids. Everything else is the ORM's, whose statements
PostgreSQL plans for the very value: a department may be that of nobody, or of half the directory.
"""

from collections.abc import Callable, Collection
from functools import cached_property, partial
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q

from scim_provisioning.directory.selectors import totals_of
from scim_provisioning.scim import anchors
from scim_provisioning.scim.cursors import Cursor
from scim_provisioning.scim.paging import DEEP

Adapter = Any
"""UserAdapter or GroupAdapter: what both have, the library's classes do not declare."""
Rows = Callable[[str, list[Any]], list[Any]]
"""Returns rows by what follows FROM in SQL, and its parameters."""


def read_one(adapter: Adapter, key: UUID, *, is_bare: bool) -> Any:
    """Return the row with this id that SCIM sees, else None; ``is_bare``: without its groups."""
    found = adapter.table.read(f"WHERE id = %s AND {adapter.visible}", [key], is_bare=is_bare)
    return next(iter(found), None)


class ById:
    """The resources of which a condition holds, in the order of the ids."""

    def __init__(self, rows: Rows, where: str, values: list[Any]) -> None:
        """List them as ``rows`` reads them."""
        self.rows, self.where, self.values = rows, where, values

    def read(self, offset: int, count: int) -> list[Any]:
        """Return the rows from an offset on, at most so many."""
        page = f"{self.where} ORDER BY id LIMIT %s OFFSET %s"
        return self.rows(page, [*self.values, count, offset])

    def beyond(self, here: Cursor | None, limit: int) -> list[Any]:
        """Return the rows beyond a cursor, nearest first, whichever way round they are read."""
        if here is None:
            return self.read(0, limit)
        if not here.backward:
            return self.after(UUID(here.id), limit)
        page = f"{self.where} AND id < %s ORDER BY id DESC LIMIT %s"
        found = self.rows(page, [*self.values, UUID(here.id), limit])
        return sorted(found, key=attrgetter("id"), reverse=True)

    def after(self, key: UUID, count: int) -> list[Any]:
        """Return the rows after the one with an id."""
        return self.rows(
            f"{self.where} AND id > %s ORDER BY id LIMIT %s", [*self.values, key, count]
        )


class Everything(ById):
    """All resources of a type; the page at the end costs what the first does.

    The groups of its users are not read with it: those of a whole page are cheaper together.
    """

    def __init__(self, adapter: Adapter, rows: Rows) -> None:
        """List what SCIM sees, as ``rows`` reads it."""
        super().__init__(rows, f"WHERE {adapter.visible}", [])
        self.adapter = adapter

    @cached_property
    def _totals(self) -> tuple[int, int]:
        return totals_of(self.adapter.total)

    def read(self, offset: int, count: int) -> list[Any]:
        """Return the rows from an offset on, at most so many."""
        if offset < DEEP:
            return super().read(offset, count)
        total, moves = self._totals
        if offset >= total:
            return []
        walk = f"{self.adapter.total}.{moves}"
        before = anchors.find(walk, offset) or self._row_before(walk, offset)
        if before is None:
            return []
        rows = self.after(before, count)
        if rows:
            anchors.keep(walk, offset + len(rows), rows[-1].id)
        return rows

    def count(self) -> int:
        """Return how many rows there are."""
        return self._totals[0]

    def _row_before(self, walk: str, offset: int) -> UUID | None:
        """Return the id of the row before an offset; ids are walked, no rows."""
        ids = self.adapter.rows().order_by("id").values_list("id", flat=True)
        found: UUID | None = ids[offset - 1 : offset].first()
        if found:
            anchors.keep(walk, offset, found)
        return found


class Equal(ById):
    """The resources whose column has a value."""

    def __init__(self, adapter: Adapter, column: str, value: Any, *, is_bare: bool) -> None:
        """List those that SCIM sees; ``is_bare``: users without their groups."""
        where = f"WHERE {adapter.visible} AND {adapter.keys[column]} AND {column} = %s"
        super().__init__(partial(adapter.table.read, is_bare=is_bare), where, [value])
        self.table = adapter.table

    def count(self) -> int:
        """Return how many rows there are."""
        return self.table.count(self.where, self.values)  # type: ignore[no-any-return]


def plain_list(
    adapter: Adapter,
    condition: Q | None,
    *,
    is_by_id: bool,
    is_bare: bool = False,
    written: Rows | None = None,
) -> Everything | Equal | None:
    """Return a list whose filter means a condition; None for one that is not plain.

    ``is_bare``: users are read without their groups. ``written`` may read everything in another
    way.
    """
    if not is_by_id:
        return None
    if condition is None:
        return Everything(adapter, written or partial(adapter.table.read, is_bare=True))
    equality = _equality(condition, adapter.keys)
    return Equal(adapter, *equality, is_bare=is_bare) if equality else None


def _equality(condition: Q, keys: Collection[str]) -> tuple[str, Any] | None:
    """Return column and value of a condition that is one equality of a key with a text or an id."""
    child = condition.children[0] if len(condition.children) == 1 else None
    if condition.negated or not isinstance(child, tuple):
        return None
    column, _underscores, lookup = child[0].partition("__")
    is_plain = lookup in ("", "exact") and isinstance(child[1], str | UUID) and child[1] != ""
    return (column, child[1]) if is_plain and column in keys else None
