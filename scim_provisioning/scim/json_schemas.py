"""Pieces of JSON Schema, as OpenAPI 3.1 has them."""

from collections.abc import Iterable
from typing import Any

Document = dict[str, Any]


def ref(name: str) -> Document:
    """Return a reference to a schema among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def text(description: str = "", **more: Any) -> Document:
    """Return the schema of a text."""
    return _described(description, {"type": "string", **more})


def flag(description: str = "") -> Document:
    """Return the schema of a boolean."""
    return _described(description, {"type": "boolean"})


def whole(description: str = "", **more: Any) -> Document:
    """Return the schema of a whole number."""
    return _described(description, {"type": "integer", **more})


def listed(items: Document, description: str = "", **more: Any) -> Document:
    """Return the schema of a list."""
    return _described(description, {"type": "array", "items": items, **more})


def record(properties: Document, description: str = "", required: Iterable[str] = ()) -> Document:
    """Return the schema of an object; members that are not declared are allowed."""
    schema: Document = {"type": "object", "properties": properties}
    if names := list(required):
        schema["required"] = names
    return _described(description, schema)


def schemas_member(urn: str, *others: str) -> Document:
    """Return the schema of the member ``schemas``, which names ``urn`` at least."""
    items = {"type": "string", "enum": [urn, *others]}
    return listed(items, "What this object is", contains={"const": urn}, uniqueItems=True)


def message(urn: str, properties: Document, description: str, *required: str) -> Document:
    """Return the schema of an object that its one URN tells."""
    members = {"schemas": schemas_member(urn), **properties}
    return record(members, description, ("schemas", *required))


def _described(description: str, schema: Document) -> Document:
    """Return the schema with its description, if there is one to give."""
    return {**schema, "description": description} if description else schema
