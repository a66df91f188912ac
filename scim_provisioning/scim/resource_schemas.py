"""The attribute table as JSON Schema: resources as they are answered, and as they are sent."""

from collections.abc import Iterable

from scim_provisioning.scim.attributes import COMMON, Attribute, ResourceType
from scim_provisioning.scim.json_schemas import (
    Document,
    flag,
    listed,
    record,
    schemas_member,
    text,
)
from scim_provisioning.scim.members import MAX_MEMBERS
from scim_provisioning.scim.values import MAX_EMAILS

MOST = {"emails": MAX_EMAILS, "members": MAX_MEMBERS}
"""How many values of an attribute a request may have."""

_NOT_BLANK = r"\S"
_FORMATS = {"dateTime": "date-time", "reference": "uri-reference"}
_RETURNED = {"request": "Shown only when it is asked for by name.", "never": "Never shown."}


def resource_schemas(*kinds: ResourceType) -> Document:
    """Return the schemas of resources by name: as answered, and ``Writable...`` as sent."""
    found: Document = {}
    for kind in kinds:
        found[kind.name] = answered(kind)
        found[writable_name(kind)] = sent(kind)
    return found


def writable_name(kind: ResourceType) -> str:
    """Return the name of the schema that a client sends."""
    return f"Writable{kind.name}"


def answered(kind: ResourceType) -> Document:
    """Return the schema of a resource in an answer.

    Of its attributes those are required that no projection leaves out.
    """
    attributes = (*COMMON, *kind.core.attributes)
    always = tuple(item.name for item in attributes if item.returned == "always")
    members = {**_members(attributes), "schemas": _urns(kind)}
    for schema in kind.extensions:
        members[schema.urn] = record(_members(schema.attributes), schema.description)
    return record(members, f"{kind.description}, as answered", always)


def sent(kind: ResourceType) -> Document:
    """Return the schema of a resource in a POST or PUT: what a client may write.

    Read-only members that a client sends along are ignored (RFC 7644 section 3.5.1).
    """
    attributes = _writable((*COMMON, *kind.core.attributes))
    required = tuple(item.name for item in attributes if item.required)
    members = {"schemas": _urns(kind), **{item.name: _written(item) for item in attributes}}
    for schema in kind.extensions:
        parts = {item.name: _written(item) for item in _writable(schema.attributes)}
        members[schema.urn] = record(parts, schema.description)
    return record(members, f"{kind.description}, as sent", ("schemas", *required))


def _urns(kind: ResourceType) -> Document:
    """Return the schema of ``schemas``: read-only in the table, yet every body has it."""
    return schemas_member(kind.core.urn, *(schema.urn for schema in kind.extensions))


def _writable(attributes: Iterable[Attribute]) -> list[Attribute]:
    """Return the attributes that a client may write."""
    return [item for item in attributes if item.mutability != "readOnly"]


def _members(attributes: Iterable[Attribute]) -> Document:
    """Return the schemas of attributes by name."""
    return {item.name: _attribute(item, item.sub_attributes) for item in attributes}


def _written(attribute: Attribute) -> Document:
    """Return the schema of an attribute in a request: what must be there is not blank."""
    schema = _attribute(attribute, _writable(attribute.sub_attributes))
    if attribute.required and attribute.type == "string":
        schema["pattern"] = _NOT_BLANK
    if attribute.name in MOST:
        schema["maxItems"] = MOST[attribute.name]
    if attribute.multi_valued and attribute.sub("value"):
        schema["items"]["required"] = ["value"]
        schema["items"]["properties"]["value"]["minLength"] = 1
    return schema


def _attribute(attribute: Attribute, subs: Iterable[Attribute]) -> Document:
    """Return the schema of an attribute with some of its sub-attributes."""
    schema = _value(attribute, subs)
    if attribute.multi_valued:
        schema = listed(schema)
    if sentences := _description(attribute):
        schema["description"] = sentences
    if attribute.mutability == "readOnly":
        schema["readOnly"] = True
    return schema


def _value(attribute: Attribute, subs: Iterable[Attribute]) -> Document:
    """Return the schema of one value of an attribute."""
    if attribute.type == "complex":
        return record(_members(subs))
    if attribute.type == "boolean":
        return flag()
    schema = text()
    if attribute.type in _FORMATS:
        schema["format"] = _FORMATS[attribute.type]
    elif attribute.mutability != "readOnly":
        schema["maxLength"] = attribute.max_length
    if attribute.canonical_values:
        schema["examples"] = list(attribute.canonical_values)
    return schema


def _description(attribute: Attribute) -> str:
    """Return what the table says of an attribute and JSON Schema has no keyword for."""
    sentences = [f"{attribute.description}." if attribute.description else ""]
    if attribute.canonical_values:
        sentences.append(f"Canonical values: {', '.join(attribute.canonical_values)}.")
    if attribute.mutability == "immutable":
        sentences.append("Cannot change once it has a value.")
    if attribute.uniqueness == "server":
        sentences.append("Unique on this service.")
    sentences.append(_RETURNED.get(attribute.returned, ""))
    return " ".join(filter(None, sentences))
