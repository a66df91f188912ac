"""Bulk: many operations in one request, each on its own all or nothing (RFC 7644 section 3.7).

An operation does what the same request alone would do, through the same adapter. Users who are
created one after the other go to the database together (bulk_users.py).
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest

from scim_provisioning.scim import errors, urns
from scim_provisioning.scim.adapters import GroupAdapter, UserAdapter
from scim_provisioning.scim.attempts import attempt
from scim_provisioning.scim.bulk_plan import (
    PREFIX,
    BulkJob,
    BulkOperation,
    creations,
    in_order,
)
from scim_provisioning.scim.bulk_users import CHUNK, create_users
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.members import parse_id
from scim_provisioning.scim.rendering import version_tag

MAX_PAYLOAD = 5 * 1024 * 1024
"""Bytes of a bulk request; ``/ServiceProviderConfig`` announces it."""
STATUS = {"POST": "201", "PUT": "200", "PATCH": "200", "DELETE": "204"}
ADAPTERS: dict[str, type[UserAdapter] | type[GroupAdapter]] = {
    "users": UserAdapter,
    "groups": GroupAdapter,
}

Document = dict[str, Any]
Adapter = UserAdapter | GroupAdapter


class BulkRun:
    """One job being carried out."""

    def __init__(self, job: BulkJob, context: Context) -> None:
        """Carry out ``job`` for the caller."""
        self.operations = job.operations
        self.context = context
        self.failures_allowed = job.fail_on_errors
        self.failures = 0
        self.outcomes: dict[int, Document] = {}
        self.creations = creations(job.operations)
        self.created: dict[str, str] = {}
        self.is_out = False
        """Whether the database went out on the way: no operation after that is tried."""

    def response(self) -> Document:
        """Return the BulkResponse: what became of each operation, in the order of the request.

        Operations after the last error that the client accepts are not carried out and not listed.
        """
        for chunk in self._chunks():
            if self._room() == 0:
                break
            if self.is_out:
                self._skip(chunk)
            elif len(chunk) > 1:
                self._create_users(chunk)
            else:
                self._run(chunk[0])
        done = [self.outcomes[position] for position in sorted(self.outcomes)]
        return {"schemas": [urns.BULK_RESPONSE], "Operations": done}

    def _room(self) -> int | None:
        """Return how many errors are left until the job ends; None for any number."""
        if self.failures_allowed is None:
            return None
        return max(self.failures_allowed, 1) - self.failures

    def _chunks(self) -> Iterator[list[int]]:
        """Yield positions to carry out: creations of users together, everything else alone."""
        chunk: list[int] = []
        for position in in_order(self.operations):
            is_new_user = self._is_new_user(position)
            if chunk and (not is_new_user or len(chunk) == CHUNK):
                yield chunk
                chunk = []
            if is_new_user:
                chunk.append(position)
            else:
                yield [position]
        if chunk:
            yield chunk

    def _is_new_user(self, position: int) -> bool:
        """Tell whether an operation creates a user, with nothing wrong about its envelope."""
        operation = self.operations[position]
        return (
            operation.creates
            and operation.path.lower() == "users"
            and isinstance(operation.data, dict)
            and not self._is_repeated(position)
        )

    def _is_repeated(self, position: int) -> bool:
        """Tell whether an earlier operation has the same bulkId."""
        operation = self.operations[position]
        return operation.creates and self.creations[str(operation.bulk_id)] != position

    def _create_users(self, chunk: list[int]) -> None:
        """Create the users of a chunk, up to the last error that the client accepts."""
        bodies = [self.operations[position].data for position in chunk]
        results = create_users(bodies, self.context, self._room())
        for position, result in zip(chunk, results, strict=False):
            if isinstance(result, errors.ScimError):
                self._note_failure(position, self.operations[position], result)
            else:
                self._note_success(position, self.operations[position], result)

    def _skip(self, chunk: list[int]) -> None:
        """Note for operations that were not tried why not, up to the last error accepted."""
        for position in chunk[: self._room()]:
            self._note_failure(position, self.operations[position], errors.Unavailable())

    def _run(self, position: int) -> None:
        """Carry out one operation."""
        operation = self.operations[position]
        try:
            if self._is_repeated(position):
                raise errors.InvalidValue(f"The bulkId “{operation.bulk_id}” is used twice.")
            operation = operation.resolved(self._resolve)
            name = f"Bulk {operation.method} {operation.path}"
            adapter = attempt(lambda: carry_out(operation, self.context), name)
        except errors.ScimError as error:
            self._note_failure(position, operation, error)
        else:
            self._note_success(position, operation, adapter)

    def _resolve(self, name: str) -> str:
        """Return the id of what an operation of this job created; an unknown name stays."""
        if name in self.created:
            return self.created[name]
        if name in self.creations:
            raise errors.Conflict(
                f"What the bulkId “{name}” names was not created: its operation failed, "
                "or refers back to this one."
            )
        return PREFIX + name

    def _note_success(
        self, position: int, operation: BulkOperation, adapter: Adapter | None
    ) -> None:
        """Note that an operation was carried out, and what it created."""
        outcome = self._outcome(operation)
        if adapter is not None:
            if operation.creates:
                self.created[str(operation.bulk_id)] = str(adapter.obj.id)
            outcome["version"] = version_tag(adapter.obj)
            outcome["location"] = adapter.location
        self.outcomes[position] = {**outcome, "status": STATUS[operation.method]}

    def _note_failure(
        self, position: int, operation: BulkOperation, error: errors.ScimError
    ) -> None:
        """Note that an operation was refused, and why."""
        self.failures += 1
        self.is_out |= isinstance(error, errors.Unavailable)
        self.outcomes[position] = {
            **self._outcome(operation),
            "status": str(error.status),
            "response": error.to_dict(),
        }

    def _outcome(self, operation: BulkOperation) -> Document:
        """Return what is said of every operation: its location too, unless it creates."""
        outcome: Document = {"method": operation.method}
        if operation.bulk_id is not None:
            outcome["bulkId"] = operation.bulk_id
        if operation.method != "POST":
            outcome["location"] = f"{self.context.base}/{quote(operation.path, safe='/:')}"
        return outcome


def carry_out(operation: BulkOperation, context: Context) -> Adapter | None:
    """Return the adapter of what an operation wrote, None after a DELETE; raise ScimError."""
    endpoint, _slash, name = operation.path.partition("/")
    adapter = ADAPTERS.get(endpoint.lower())
    _check(operation, adapter, name)
    assert adapter is not None  # noqa: S101 - checked
    request = _request(operation, context)
    if operation.method == "POST":
        return adapter.create(request, operation.data)
    resource_id = parse_id(name)
    if resource_id is None:
        raise errors.ResourceNotFound(f"Resource {name}")
    if operation.method == "PUT":
        return adapter.replace(request, resource_id, operation.data)
    if operation.method == "PATCH":
        return adapter.patch(request, resource_id, operation.data)
    adapter.remove(request, resource_id)
    return None


def _check(operation: BulkOperation, adapter: object, name: str) -> None:
    """Raise ScimError for an operation that no single request could be."""
    if operation.method not in STATUS:
        raise errors.InvalidSyntax("“method” must be POST, PUT, PATCH or DELETE.")
    if adapter is None:
        raise errors.ResourceNotFound(f"The path “/{operation.path}”")
    if (operation.method == "POST") == bool(name):
        raise errors.MethodNotAllowed
    if operation.method == "POST" and operation.bulk_id is None:
        raise errors.InvalidValue("A POST in a bulk request needs a “bulkId”.")
    if operation.method != "DELETE" and not isinstance(operation.data, dict):
        raise errors.InvalidValue("“data” must be an object.")


def _request(operation: BulkOperation, context: Context) -> HttpRequest:
    """Return the request that an operation stands for, on the condition of its version."""
    request = HttpRequest()
    request.scim = context  # type: ignore[attr-defined]
    if operation.version is not None and operation.method != "POST":
        request.META["HTTP_IF_MATCH"] = operation.version
    return request
