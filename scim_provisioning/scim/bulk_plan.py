"""The order of a bulk job's operations, and the references between them (RFC 7644 section 3.7.2).

An operation refers to what another one creates as ``bulkId:name``: in its path, and in its data
where that is kept, which is the members of a group.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from scim_provisioning.scim import urns
from scim_provisioning.scim.errors import (
    InvalidSyntax,
    InvalidValue,
    PayloadTooLarge,
)

MAX_OPERATIONS = 1000
"""A job may have at most so many operations; ``/ServiceProviderConfig`` announces it."""
PREFIX = "bulkId:"


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """One operation, as the client sent it."""

    method: str
    path: str
    """Without a slash at either end: ``Users``, ``Groups/bulkId:x``."""
    bulk_id: str | None = None
    version: str | None = None
    data: Any = None

    @property
    def creates(self) -> bool:
        """Tell whether others may refer to what it makes."""
        return self.method == "POST" and self.bulk_id is not None

    @property
    def may_refer(self) -> bool:
        """Tell whether there may be references: in a path, and in what is kept of a group."""
        return PREFIX in self.path or self._is_of_group

    @property
    def _is_of_group(self) -> bool:
        return self.path.partition("/")[0].lower() == "groups"

    def resolved(self, resolve: Callable[[str], str]) -> "BulkOperation":
        """Return the operation with each referred name put through ``resolve``."""
        path = "/".join(_resolved(part, resolve) for part in self.path.split("/"))
        data = _resolved(self.data, resolve) if self._is_of_group else self.data
        return replace(self, path=path, data=data)


@dataclass(frozen=True, slots=True)
class BulkJob:
    """All operations of a request, and how many of them may fail."""

    operations: list[BulkOperation]
    fail_on_errors: int | None


def read_job(body: dict[str, Any]) -> BulkJob:
    """Return the job in a BulkRequest; raise InvalidSyntax, InvalidValue, PayloadTooLarge."""
    schemas = body.get("schemas")
    if not isinstance(schemas, list) or urns.BULK_REQUEST not in schemas:
        raise InvalidSyntax(f"“schemas” must contain {urns.BULK_REQUEST}.")
    members = {name.lower(): value for name, value in body.items()}
    items = members.get("operations")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InvalidSyntax("“Operations” must be a list of objects.")
    if len(items) > MAX_OPERATIONS:
        raise PayloadTooLarge(f"A bulk request may have {MAX_OPERATIONS} operations at most.")
    return BulkJob([_read(item) for item in items], _limit(members.get("failonerrors")))


def in_order(operations: list[BulkOperation]) -> list[int]:
    """Return the positions of the operations, a creation before those that refer to it.

    Of a circle one operation comes before what it refers to: it cannot be carried out.
    """
    made_by = creations(operations)
    order: list[int] = []
    seen: set[int] = set()
    for position in range(len(operations)):
        _visit(position, operations, made_by, seen, order)
    return order


def references(operation: BulkOperation) -> list[str]:
    """Return the names that an operation refers to."""
    if not operation.may_refer:
        return []
    found: list[str] = []

    def note(name: str) -> str:
        found.append(name)
        return PREFIX + name

    operation.resolved(note)
    return found


def creations(operations: list[BulkOperation]) -> dict[str, int]:
    """Return which position creates each name; the first one, should a name be used twice."""
    found: dict[str, int] = {}
    for position, operation in enumerate(operations):
        if operation.creates:
            found.setdefault(str(operation.bulk_id), position)
    return found


def _visit(
    root: int,
    operations: list[BulkOperation],
    creations: dict[str, int],
    seen: set[int],
    order: list[int],
) -> None:
    """Append a position after those it depends on; without recursion, however long the chain."""
    stack = [] if root in seen else [(root, _dependencies(operations[root], creations))]
    seen.add(root)
    while stack:
        position, waiting = stack[-1]
        needed = next(waiting, None)
        if needed is None:
            order.append(position)
            stack.pop()
        elif needed not in seen:
            seen.add(needed)
            stack.append((needed, _dependencies(operations[needed], creations)))


def _dependencies(operation: BulkOperation, creations: dict[str, int]) -> Iterator[int]:
    """Return the positions that create what an operation refers to."""
    return iter([creations[name] for name in references(operation) if name in creations])


def _resolved(value: Any, resolve: Callable[[str], str]) -> Any:
    """Return a value with each ``bulkId:name`` in it put through ``resolve``."""
    if isinstance(value, str) and value.startswith(PREFIX):
        return resolve(value.removeprefix(PREFIX))
    if isinstance(value, str) and f'"{PREFIX}' in value:
        head, _quote, rest = value.partition(f'"{PREFIX}')
        name, quote, tail = rest.partition('"')
        return f'{head}"{resolve(name)}{quote}{_resolved(tail, resolve)}'
    if isinstance(value, list):
        return [_resolved(item, resolve) for item in value]
    if isinstance(value, dict):
        return {key: _resolved(item, resolve) for key, item in value.items()}
    return value


def _read(item: dict[str, Any]) -> BulkOperation:
    """Return one operation; what is wrong with it is its own failure, not that of the job."""
    members = {name.lower(): value for name, value in item.items()}
    bulk_id, version = members.get("bulkid"), members.get("version")
    return BulkOperation(
        method=str(members.get("method", "")).upper(),
        path=str(members.get("path") or "").strip("/"),
        bulk_id=None if bulk_id is None else str(bulk_id),
        version=version if isinstance(version, str) else None,
        data=members.get("data"),
    )


def _limit(value: Any) -> int | None:
    """Return how many errors end the job; None for no limit."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidValue("“failOnErrors” must be a whole number.")
    return value
