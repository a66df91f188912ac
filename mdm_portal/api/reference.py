"""The reference of the admin API as a page of the portal, drawn from its OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a member of a body."""

    name: str
    kind: str
    required: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    words: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    statuses: tuple[str, ...]


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Return every operation of the admin API, by resource."""
    return render(request, "api/reference.html", {"resources": _resources()})


@cache
def _resources() -> dict[str, list[Operation]]:
    """Return the operations by resource; they do not change while the process lives."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    found: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        resource = path.removeprefix("/api/v1/").partition("/")[0]
        found.setdefault(resource, []).extend(_operations(path, item, document))
    return found


def _operations(path: str, item: dict[str, Any], document: dict[str, Any]) -> Iterator[Operation]:
    """Yield the methods of an address."""
    for method in METHODS:
        if method in item:
            said = item[method]
            yield Operation(
                method.upper(),
                path,
                said.get("summary") or said.get("description", ""),
                tuple(_parameters(said)),
                tuple(_members(said, document)),
                tuple(said["responses"]),
            )


def _parameters(said: dict[str, Any]) -> Iterator[Field]:
    """Yield what the address and its query take."""
    for one in said.get("parameters", ()):
        kind = one["schema"].get("type", "")
        yield Field(one["name"], kind, one.get("required", False), one.get("description", ""))


def _members(said: dict[str, Any], document: dict[str, Any]) -> Iterator[Field]:
    """Yield the members of the body that can be sent."""
    content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = document["components"]["schemas"].get(name, {})
    for member, described in schema.get("properties", {}).items():
        if not described.get("readOnly"):
            kind = described.get("type", "")
            words = described.get("description", "")
            yield Field(member, kind, member in schema.get("required", ()), words)
