"""The reference of the admin API as a page of the portal, drawn from its OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

JSON = "application/json"
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
    answer: tuple[Field, ...]
    """The members of what is answered; of a list, those of each row."""


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Return every operation of the admin API, by resource."""
    return render(request, "api/reference.html", {"resources": _resources()})


@cache
def _resources() -> dict[str, list[Operation]]:
    """Return the operations by resource; they do not change while the process lives."""
    with override("en"):
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
                tuple(_members(_schema(said.get("requestBody", {}), document), document)),
                tuple(said["responses"]),
                tuple(_members(_row(said, document), document, answered=True)),
            )


def _parameters(said: dict[str, Any]) -> Iterator[Field]:
    """Yield what the address and its query take."""
    for one in said.get("parameters", ()):
        words = _words(one.get("description", ""), one["schema"])
        yield Field(one["name"], one["schema"].get("type", ""), one.get("required", False), words)


def _schema(content: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a body."""
    return _resolved(content.get("content", {}).get(JSON, {}).get("schema", {}), document)


def _row(said: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what is answered; of a list, and of a page of one, that of a row."""
    good = next(status for status in said["responses"] if status < "300")
    schema = _schema(said["responses"][good], document)
    schema = schema.get("properties", {}).get("results", schema)
    return _resolved(schema.get("items", schema), document)


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return the component that a schema refers to, or the schema itself."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"].get(name, schema)
    return found


def _members(
    schema: dict[str, Any], document: dict[str, Any], *, answered: bool = False
) -> Iterator[Field]:
    """Yield the members of a body: those that can be sent, or all that are answered."""
    for member, described in schema.get("properties", {}).items():
        if answered or not described.get("readOnly"):
            meant = _resolved(described, document)
            words = _words(described.get("description", ""), meant)
            is_required = not answered and member in schema.get("required", ())
            yield Field(member, meant.get("type", ""), is_required, words)


def _words(said: str, schema: dict[str, Any]) -> str:
    """Return what is said of a field, and its choices."""
    choices = ", ".join(map(str, schema.get("enum", ())))
    return ": ".join(filter(None, (said, choices)))
