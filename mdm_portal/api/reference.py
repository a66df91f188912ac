"""The reference of the admin API as a page of the portal, drawn from its OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

JSON = "application/json"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a member of a body."""

    name: str
    required: bool
    said: str
    choices: str

    @property
    def words(self) -> str:
        """Return what is said of a field, in the reader's language, and its choices."""
        said = _translated(self.said)
        if said and self.choices:
            return _("%(words)s: %(choices)s") % {"words": said, "choices": self.choices}
        return said or self.choices


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    said: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    statuses: tuple[str, ...]
    answer: tuple[Field, ...]
    """The members of what is answered; of a list, those of each row."""

    @property
    def words(self) -> str:
        """Return what is said of the method, in the reader's language."""
        return _translated(self.said)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return all that has a name of its own."""
        return self.parameters + self.body + self.answer


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Return every operation of the admin API, by resource."""
    return render(request, "api/reference.html", {"resources": _resources()})


def sentences() -> Iterator[str]:
    """Yield what the page says of operations and fields, in English: what is to be translated."""
    for operations in _resources().values():
        for operation in operations:
            yield from filter(None, (operation.said, *(one.said for one in operation.fields)))


def _translated(said: str) -> str:
    """Return a sentence in the reader's language; nothing of nothing."""
    # Of an empty text gettext returns the head of its catalogue.
    return _(said) if said else ""


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
                _one_line(said.get("summary") or said.get("description", "")),
                tuple(_parameters(said)),
                tuple(_members(_schema(said.get("requestBody", {}), document), document)),
                tuple(said["responses"]),
                tuple(_members(_row(said, document), document, answered=True)),
            )


def _parameters(said: dict[str, Any]) -> Iterator[Field]:
    """Yield what the address and its query take."""
    for one in said.get("parameters", ()):
        yield _field(one["name"], one, one["schema"], is_required=one.get("required", False))


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
            is_required = not answered and member in schema.get("required", ())
            yield _field(member, described, meant, is_required=is_required)


def _field(
    name: str, described: dict[str, Any], schema: dict[str, Any], *, is_required: bool
) -> Field:
    """Return a field with what is said of it, and its choices."""
    choices = ", ".join(map(str, schema.get("enum", ())))
    return Field(name, is_required, _one_line(described.get("description", "")), choices)


def _one_line(said: str) -> str:
    """Return a text, that of a docstring with its lines joined."""
    return " ".join(said.split())
