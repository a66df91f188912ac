"""PATCH operations, normalised: each with one resolved target (RFC 7644 section 3.5.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scim_provisioning.activity.reasons import UNKNOWN
from scim_provisioning.scim import urns
from scim_provisioning.scim.attributes import Attribute, ResourceType, Schema
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.errors import (
    InvalidPath,
    InvalidSyntax,
    InvalidValue,
    NoTarget,
    TooMany,
)
from scim_provisioning.scim.grammar import Path, check_value_filter, parse_path
from scim_provisioning.scim.notation import reason_to_ignore
from scim_provisioning.scim.syntax import FilterNode

MAX_OPERATIONS = 1000
"""A PATCH may have at most so many operations."""
VERBS = ("add", "remove", "replace")


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of one attribute."""

    verb: str
    schema: Schema
    attribute: Attribute
    value: Any = None
    sub: Attribute | None = None
    where: FilterNode | None = None
    """The filter of a value path."""
    has_value: bool = True


def read_operations(
    body: dict[str, Any], resource_type: ResourceType, context: Context
) -> list[Operation]:
    """Return the operations of a PATCH body in order.

    Names count in any letter case, additional members are ignored (E-14). What the profile lets
    pass is noted as ignored. Raises InvalidSyntax, InvalidPath, InvalidValue, NoTarget, TooMany.
    """
    return [
        operation
        for item in _items(body, context)
        for operation in _read_item(item, resource_type, context)
    ]


def _items(body: dict[str, Any], context: Context) -> list[dict[str, Any]]:
    """Return the raw operations."""
    members = {name.lower(): value for name, value in body.items()}
    schemas = members.get("schemas")
    if schemas is not None and not _announces_patch(schemas):
        raise InvalidSyntax(f"“schemas” must contain {urns.PATCH_OP}.")
    items = members.get("operations")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InvalidSyntax("“Operations” must be a list of objects.")
    if not items and not context.profile.empty_operations:
        raise InvalidSyntax("“Operations” is empty.")
    if len(items) > MAX_OPERATIONS:
        raise TooMany(f"A PATCH may have {MAX_OPERATIONS} operations at most.")
    return items


def _announces_patch(schemas: Any) -> bool:
    """Tell whether ``schemas`` names the PatchOp message."""
    listed = schemas if isinstance(schemas, list) else [schemas]
    return urns.PATCH_OP.lower() in [str(urn).lower() for urn in listed]


def _read_item(
    item: dict[str, Any], resource_type: ResourceType, context: Context
) -> Iterator[Operation]:
    """Yield the operations that one raw operation means."""
    members = {name.lower(): value for name, value in item.items()}
    verb = str(members.get("op", "")).lower()
    if verb not in VERBS:
        raise InvalidSyntax("“op” must be add, remove or replace.")
    has_value = "value" in members
    if not has_value and verb != "remove":
        raise InvalidValue(f"The operation “{verb}” needs a value.")
    path, value = members.get("path"), members.get("value")
    if path is None or path == "":
        if verb == "remove":
            raise NoTarget("A remove needs a path.")
        yield from _without_path(verb, value, resource_type, context)
    elif not isinstance(path, str):
        raise InvalidPath("“path” must be a text.")
    else:
        yield from _with_path(verb, path, value, has_value, resource_type, context)


def _without_path(
    verb: str, value: Any, resource_type: ResourceType, context: Context
) -> Iterator[Operation]:
    """Yield an operation for each member of a value without path; dotted and URN keys are paths."""
    if not isinstance(value, dict):
        raise InvalidValue("Without a path, the value must be an object of attributes.")
    for name, item in value.items():
        yield from _with_path(verb, name, item, True, resource_type, context, named=True)


def _with_path(
    verb: str,
    path: str,
    value: Any,
    has_value: bool,
    resource_type: ResourceType,
    context: Context,
    named: bool = False,
) -> Iterator[Operation]:
    """Yield the operation on a path; on a whole extension, one for each of its attributes."""
    schema = resource_type.schema(path)
    if schema is not None and schema is not resource_type.core:
        yield from _whole_extension(verb, schema, value, resource_type, context)
        return
    parsed = parse_path(path)
    target = _resolve(parsed, resource_type)
    if target is None:
        _refuse_or_ignore(path, parsed, resource_type, context, named)
        return
    schema, attribute = target
    sub = None
    if parsed.sub_attribute:
        sub = attribute.sub(parsed.sub_attribute)
        if sub is None:
            _refuse_or_ignore(path, parsed, resource_type, context, named)
            return
    if parsed.value_filter is not None and attribute.multi_valued:
        check_value_filter(parsed.value_filter, attribute)
    yield Operation(verb, schema, attribute, value, sub, parsed.value_filter, has_value)


def _whole_extension(
    verb: str, schema: Schema, value: Any, resource_type: ResourceType, context: Context
) -> Iterator[Operation]:
    """Yield the operations on an extension's attributes that its object names; null clears all."""
    if verb == "remove" or value is None:
        for attribute in schema.attributes:
            yield Operation("remove", schema, attribute, has_value=False)
        return
    if not isinstance(value, dict):
        raise InvalidValue(f"“{schema.urn}” must be an object.")
    for name, item in value.items():
        named = schema.attribute(name)
        if named is None:
            reason = reason_to_ignore(resource_type, schema.urn, name)
            context.ignore(f"{schema.urn}:{name}", reason)
        else:
            yield Operation(verb, schema, named, item)


def _resolve(path: Path, resource_type: ResourceType) -> tuple[Schema, Attribute] | None:
    """Return schema and attribute that a path names, else None."""
    if path.urn is None:
        attribute = resource_type.attribute(path.attribute)
        return (resource_type.core, attribute) if attribute else None
    schema = resource_type.schema(path.urn)
    if schema is None:
        return None
    common = resource_type.common(path.attribute) if schema is resource_type.core else None
    attribute = schema.attribute(path.attribute) or common
    return (schema, attribute) if attribute else None


def _refuse_or_ignore(
    text: str, path: Path, resource_type: ResourceType, context: Context, named: bool
) -> None:
    """Note an attribute that we do not keep; refuse one that nobody knows if the profile does."""
    is_part = _resolve(path, resource_type) is not None
    name = f"{path.attribute}.{path.sub_attribute}" if is_part else path.attribute
    reason = reason_to_ignore(resource_type, path.urn, name)
    if named or reason != UNKNOWN or context.profile.ignore_unknown_paths:
        context.ignore(text, reason)
        return
    raise InvalidPath(f"“{text}” names no attribute of a {resource_type.name}.")
