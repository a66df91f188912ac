"""Resources between JSON and state: one reader and one writer, both driven by the table.

A document is the JSON object of a resource with names in our spelling.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

from scim_provisioning.activity.reasons import READ_ONLY, UNKNOWN_SCHEMA
from scim_provisioning.directory.state import GroupState, UserState
from scim_provisioning.scim import values
from scim_provisioning.scim.attributes import Attribute, ResourceType, Schema
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.errors import InvalidValue
from scim_provisioning.scim.notation import reason_to_ignore

State = UserState | GroupState
Reader = Callable[[Any], Any]
"""Returns the value of one attribute of a state or a row."""
BLANK: tuple[object, ...] = (None, "", [], {})
"""Values that mean "not set": leaving them out ignores nothing."""


def document_of(state: Any, resource_type: ResourceType) -> dict[str, Any]:
    """Return the stored attributes of a state or a row, those with a value only."""
    document: dict[str, Any] = {}
    if state.external_id:
        document["externalId"] = state.external_id
    for urn, readers in _readers(resource_type):
        found = {name: value for name, read in readers if _has_value(value := read(state))}
        if not urn:
            document.update(found)
        elif found:
            document[urn] = found
    return document


def _has_value(value: Any) -> bool:
    """Tell whether an attribute is shown: all but None, "" and what is empty."""
    return bool(value) or value is False


@lru_cache
def _readers(resource_type: ResourceType) -> list[tuple[str, list[tuple[str, Reader]]]]:
    """Return how to read what is shown, by schema, "" for the core: the table, made ready once."""
    return [
        ("" if schema is resource_type.core else schema.urn, list(map(_reader, schema.attributes)))
        for schema in resource_type.schemas
    ]


def _reader(attribute: Attribute) -> tuple[str, Reader]:
    """Return the name of an attribute, and what reads its value."""
    name, state = attribute.name, attribute.state
    if state.startswith("custom."):
        return name, lambda row: row.custom.get(name)
    if state == "emails":
        return name, lambda row: [dict(email) for email in row.emails]
    if state == "members":
        return name, lambda _row: None
    if state:
        return name, attrgetter(state)
    subs = [(sub.name, attrgetter(sub.state)) for sub in attribute.sub_attributes if sub.state]
    return name, lambda row: {key: value for key, read in subs if (value := read(row))}


def user_state(
    document: Mapping[str, Any], context: Context, before: UserState | None = None
) -> UserState:
    """Return the state that a document asks for; raise InvalidValue.

    What the document leaves out is cleared, userName and active excepted: they stay as ``before``
    (product decision 14).
    """
    found = _read(document, context.user_type, context)
    custom = {
        name: found.pop(f"custom.{name}")
        for name in [key[7:] for key in found if key.startswith("custom.")]
    }
    emails = found.pop("emails", [])
    values.check_emails(emails)
    kept = before or UserState()
    found["user_name"] = found.get("user_name") or ("" if "user_name" in found else kept.user_name)
    if found.get("active") is None:
        found["active"] = kept.active
    if not found["user_name"].strip():
        raise InvalidValue("“userName” is required.")
    return UserState(
        **found,
        emails=tuple(emails),
        custom={key: value for key, value in custom.items() if value},
    )


def group_state(document: Mapping[str, Any], context: Context) -> tuple[GroupState, Any]:
    """Return the state that a document asks for, and its raw members (None when left out)."""
    found = _read(document, context.group_type, context)
    members = found.pop("members", None)
    if not found.get("display_name", "").strip():
        raise InvalidValue("“displayName” is required.")
    return GroupState(**found), members


def _read(
    document: Mapping[str, Any], resource_type: ResourceType, context: Context
) -> dict[str, Any]:
    """Return checked values by the fields of the state; unknown names are noted as ignored."""
    found: dict[str, Any] = {}
    for name, value in document.items():
        attribute = resource_type.attribute(name)
        if attribute is not None:
            found.update(_read_attribute(attribute, value, context))
        elif (schema := resource_type.schema(name)) is not None:
            found.update(_read_extension(schema, value, resource_type, context))
        elif value not in BLANK:
            context.ignore(name, reason_to_ignore(resource_type, None, name))
    return found


def _read_extension(
    schema: Schema, value: Any, resource_type: ResourceType, context: Context
) -> dict[str, Any]:
    """Return the checked values of one extension's object."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidValue(f"“{schema.urn}” must be an object.")
    found: dict[str, Any] = {}
    for name, item in value.items():
        attribute = schema.attribute(name)
        if attribute is not None:
            found.update(_read_attribute(attribute, item, context))
        elif item not in BLANK:
            reason = reason_to_ignore(resource_type, schema.urn, name)
            context.ignore(f"{schema.urn}:{name}", reason)
    return found


def _read_attribute(attribute: Attribute, value: Any, context: Context) -> dict[str, Any]:
    """Return the checked values of one attribute; read-only ones are ignored (RFC 7644 3.5.1)."""
    if attribute.mutability == "readOnly":
        if attribute.name == "schemas":
            _note_unknown_schemas(value, context)
        elif value not in BLANK:
            context.ignore(attribute.name, READ_ONLY)
        return {}
    if attribute.state == "members":
        return {"members": value}
    if attribute.state == "emails":
        return {"emails": values.elements(attribute, value, context)}
    if attribute.sub_attributes:
        return _read_complex(attribute, value, context)
    return {attribute.state: values.simple(attribute, value, context.profile)}


def _note_unknown_schemas(value: Any, context: Context) -> None:
    """Note the URNs in ``schemas`` that no schema of ours has (E-16)."""
    kinds = (context.user_type, context.group_type)
    for urn in value if isinstance(value, list) else []:
        if isinstance(urn, str) and not any(kind.schema(urn) for kind in kinds):
            context.ignore(urn, UNKNOWN_SCHEMA)


def _read_complex(attribute: Attribute, value: Any, context: Context) -> dict[str, Any]:
    """Return the checked sub-attributes of a single complex attribute."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidValue(f"“{attribute.name}” must be an object.")
    found: dict[str, Any] = {}
    for name, item in value.items():
        sub = attribute.sub(name)
        if sub is not None:
            found[sub.state] = values.scalar(sub, item, context.profile)
        elif item not in (None, ""):
            full_name = f"{attribute.name}.{name}"
            context.ignore(full_name, reason_to_ignore(context.user_type, None, full_name))
    return found
