"""What identity providers read all day, without the ORM: a resource by its id, and plain lists.

A list is plain when its filter is one equality of a column, or when it has none, in the order of
the ids. Everything else is the ORM's.
"""

from typing import Any
from uuid import UUID

from django.db.models import Q

Adapter = Any
"""UserAdapter or GroupAdapter: what both have, the library's classes do not declare."""


def read_one(adapter: Adapter, key: UUID, *, is_bare: bool) -> Any:
    """Return the row with this id that SCIM sees, else None; ``is_bare``: without its groups."""
    found = adapter.table.read(f"WHERE id = %s AND {adapter.visible}", [key], is_bare=is_bare)
    return next(iter(found), None)


class PlainList:
    """A plain list, read page by page."""

    def __init__(
        self, adapter: Adapter, equality: tuple[()] | tuple[str, Any], is_bare: bool
    ) -> None:
        """List what SCIM sees and, if there is one, meets an equality of column and value."""
        self.table, self.is_bare = adapter.table, is_bare
        self.where, self.values = f"WHERE {adapter.visible}", list(equality[1:])
        if equality:
            self.where += f' AND "{equality[0]}" = %s'

    def read(self, offset: int, count: int) -> list[Any]:
        """Return the rows from an offset on, at most so many."""
        page = f"{self.where} ORDER BY id LIMIT %s OFFSET %s"
        if offset:
            # The rows that are passed over are walked as ids only.
            page = f"WHERE id IN (SELECT id FROM {self.table.name} {page}) ORDER BY id"  # noqa: S608
        return self.table.read(page, [*self.values, count, offset], is_bare=self.is_bare)  # type: ignore[no-any-return]

    def count(self) -> int:
        """Return how many rows there are."""
        return self.table.count(self.where, self.values)  # type: ignore[no-any-return]


def plain_list(
    adapter: Adapter, condition: Q | None, *, is_by_id: bool, is_bare: bool = False
) -> PlainList | None:
    """Return a list whose filter means a condition; None for one that is not plain.

    ``is_bare``: users are read without their groups.
    """
    equality = _equality(condition) if is_by_id else None
    return None if equality is None else PlainList(adapter, equality, is_bare)


def _equality(condition: Q | None) -> tuple[()] | tuple[str, Any] | None:
    """Return column and value of a condition that is one equality; () for no condition."""
    if condition is None:
        return ()
    child = condition.children[0] if len(condition.children) == 1 else None
    if condition.negated or not isinstance(child, tuple):
        return None
    column, _underscores, lookup = child[0].partition("__")
    is_plain = lookup in ("", "exact") and isinstance(child[1], str | UUID)
    return (column, child[1]) if is_plain else None
