"""PATCH of single attributes: operations applied to a document, all or nothing.

The document is a copy in memory; what comes out is read like a PUT and written once.
"""

from collections.abc import Callable
from typing import Any

from scim_provisioning.activity.reasons import READ_ONLY
from scim_provisioning.directory.errors import UserNameImmutable
from scim_provisioning.directory.text import fold
from scim_provisioning.scim import values
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.errors import (
    InvalidPath,
    InvalidValue,
    Mutability,
    NoTarget,
)
from scim_provisioning.scim.grammar import matches
from scim_provisioning.scim.operations import Operation
from scim_provisioning.scim.value_paths import equal_terms

Document = dict[str, Any]


def apply(
    operation: Operation,
    document: Document,
    context: Context,
    *,
    core: str,
    current: Callable[[], Document],
) -> None:
    """Apply one operation to a document; ``core`` is the URN whose attributes stand at the top.

    ``current`` returns the resource as clients read it, for what they send back unchanged. Raises
    Mutability, UserNameImmutable, NoTarget, InvalidPath, InvalidValue (RFC 7644 section 3.5.2): at
    the operation that is wrong, whatever a later one would make of it.
    """
    attribute = operation.attribute
    if attribute.mutability == "readOnly":
        _refuse_read_only(operation, current, context)
        return
    at_top = operation.schema.urn == core
    container = document if at_top else document.setdefault(operation.schema.urn, {})
    if operation.where is not None and not attribute.multi_valued:
        raise InvalidPath(f"“{attribute.name}” has one value: a filter cannot choose among it.")
    if operation.verb == "remove":
        _remove(operation, container, context)
    elif attribute.multi_valued:
        _write_elements(operation, container, context)
    elif attribute.sub_attributes:
        _write_complex(operation, container, context)
    else:
        _write_simple(operation, container, context)
    if not at_top and not container:
        del document[operation.schema.urn]


def _refuse_read_only(
    operation: Operation, current: Callable[[], Document], context: Context
) -> None:
    """Let an equal echo pass, note it where the profile ignores, refuse it otherwise."""
    name = operation.attribute.name
    echoed = operation.sub is None and operation.where is None
    if echoed and operation.verb != "remove" and current().get(name) == operation.value:
        return
    if not context.profile.ignore_read_only:
        raise Mutability(f"“{name}” is read-only.")
    context.ignore(name, READ_ONLY)


def _remove(operation: Operation, container: Document, context: Context) -> None:
    """Remove an attribute, a sub-attribute, or the chosen elements of a list."""
    attribute = operation.attribute
    if attribute.required and operation.sub is None:
        raise Mutability(f"“{attribute.name}” is required: it cannot be removed.")
    if attribute.multi_valued:
        _remove_elements(operation, container.setdefault(attribute.name, []), context)
    elif operation.sub is not None:
        container.get(attribute.name, {}).pop(operation.sub.name, None)
    else:
        container.pop(attribute.name, None)


def _remove_elements(operation: Operation, present: list[Document], context: Context) -> None:
    """Remove elements by filter or by a list of values; without either, all of them."""
    chosen = _chosen(operation, present, context)
    if operation.where is not None and not chosen:
        if context.profile.ignore_unknown_paths:
            return
        raise NoTarget
    if operation.sub is not None:
        for element in chosen:
            element.pop(operation.sub.name, None)
        chosen = [element for element in present if not element]
    present[:] = [item for item in present if not any(item is one for one in chosen)]


def _chosen(operation: Operation, present: list[Document], context: Context) -> list[Document]:
    """Return the elements that a remove means; an empty list of values means none."""
    attribute = operation.attribute
    if operation.where is not None:
        return _matching(operation, present)
    if operation.value not in (None, "") and operation.sub is None:
        listed = values.elements(attribute, operation.value, context)
        keys = {fold(element["value"]) for element in listed if "value" in element}
        return [element for element in present if fold(element.get("value", "")) in keys]
    return list(present)


def _matching(operation: Operation, present: list[Document]) -> list[Document]:
    """Return the elements that satisfy the operation's value filter."""
    where = operation.where
    if where is None:
        return present
    return [element for element in present if matches(where, element, operation.attribute)]


def _write_elements(operation: Operation, container: Document, context: Context) -> None:
    """Add or replace elements, or parts of them; one of which nothing is left goes."""
    present: list[Document] = container.setdefault(operation.attribute.name, [])
    if operation.where is None and operation.sub is None:
        _write_list(operation, present, context)
    else:
        _write_chosen(operation, present, context)
    present[:] = [element for element in present if element]


def _write_list(operation: Operation, present: list[Document], context: Context) -> None:
    """Write to the whole attribute; adding keeps what is there, and adds nothing twice."""
    value = operation.value
    if isinstance(value, dict):
        value = [value]
    elements = values.elements(operation.attribute, value, context)
    if operation.verb == "replace":
        present[:] = elements
        return
    for element in elements:
        if element not in present:
            present.append(element)
            _keep_one_primary(present, [element])


def _write_chosen(operation: Operation, present: list[Document], context: Context) -> None:
    """Write to the elements that match; where none does, to a new one if that is allowed."""
    chosen = _matching(operation, present)
    new = [] if chosen else [_new_element(operation, context)]
    present.extend(new)
    chosen = chosen or new
    written = _written(operation, context)
    for element in chosen:
        if operation.verb == "replace" and operation.sub is None:
            element.clear()
        _set(element, written)
    _keep_one_primary(present, chosen if written.get("primary") else new)


def _new_element(operation: Operation, context: Context) -> Document:
    """Return an element that satisfies the value filter, or refuse (E-6, RFC 7644 3.5.2.3)."""
    where, attribute = operation.where, operation.attribute
    if where is None:
        return {}
    if operation.verb == "replace" and not context.profile.add_on_no_match:
        raise NoTarget
    element: Document = {}
    _set(element, values.parts(attribute, equal_terms(where), context))
    if not element or not matches(where, element, attribute):
        raise NoTarget
    return element


def _written(operation: Operation, context: Context) -> Document:
    """Return the sub-attributes that an operation writes into each element it means."""
    attribute, sub = operation.attribute, operation.sub
    if sub is not None:
        return {sub.name: values.scalar(sub, operation.value, context.profile)}
    if operation.verb == "replace" and not values.element(attribute, operation.value, context):
        raise InvalidValue(f"What replaces one of “{attribute.name}” must not be blank.")
    return values.parts(attribute, operation.value, context)


def _keep_one_primary(present: list[Document], written: list[Document]) -> None:
    """Unset the former primary when another becomes it (RFC 7644 section 3.5.2)."""
    newly = [element for element in written if element.get("primary")]
    if newly:
        for element in present:
            if element is not newly[-1] and element.get("primary"):
                element["primary"] = False


def _write_complex(operation: Operation, container: Document, context: Context) -> None:
    """Set the named sub-attributes; the others stay (RFC 7644 section 3.5.2.3)."""
    attribute, value = operation.attribute, operation.value
    present = container.setdefault(attribute.name, {})
    if operation.sub is not None:
        present[operation.sub.name] = values.scalar(operation.sub, value, context.profile)
    elif value is None:
        del container[attribute.name]
    elif isinstance(value, dict):
        known = {name: item for name, item in value.items() if attribute.sub(name)}
        unknown = {name: item for name, item in value.items() if name not in known}
        present.update({**unknown, **values.parts(attribute, known, context)})
    else:
        raise InvalidValue(f"“{attribute.name}” must be an object.")


def _write_simple(operation: Operation, container: Document, context: Context) -> None:
    """Set a simple attribute; null on the boolean changes nothing.

    Raises UserNameImmutable, though a later operation may set the old userName again.
    """
    attribute = operation.attribute
    if operation.sub is not None:
        raise InvalidPath(f"“{attribute.name}” has no sub-attributes.")
    value = values.simple(attribute, operation.value, context.profile)
    if value is None:
        return
    present = container.get(attribute.name, "")
    if attribute.mutability == "immutable" and fold(value) != fold(present):
        raise UserNameImmutable(present)
    container[attribute.name] = value


def _set(element: Document, written: Document) -> None:
    """Set sub-attributes; a blank value clears one."""
    for name, value in written.items():
        if value in (None, ""):
            element.pop(name, None)
        else:
            element[name] = value
