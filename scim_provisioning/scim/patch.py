"""PATCH of single attributes: operations applied to a document, all or nothing.

The document is a copy in memory; what comes out is read like a PUT and written once.
"""

from typing import Any

from scim_provisioning.activity.reasons import READ_ONLY
from scim_provisioning.scim import values
from scim_provisioning.scim.attributes import Attribute
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


def apply(operation: Operation, document: Document, context: Context, *, core: str) -> None:
    """Apply one operation to a document; ``core`` is the URN whose attributes stand at the top.

    Raises Mutability, NoTarget, InvalidPath, InvalidValue (RFC 7644 section 3.5.2).
    """
    attribute = operation.attribute
    if attribute.mutability == "readOnly":
        _refuse_read_only(operation, document, context)
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
        _write_complex(operation, container)
    else:
        _write_simple(operation, container)
    if not at_top and not container:
        del document[operation.schema.urn]


def _refuse_read_only(operation: Operation, document: Document, context: Context) -> None:
    """Let an equal echo pass, note it where the profile ignores, refuse it otherwise."""
    name = operation.attribute.name
    echoed = operation.sub is None and operation.where is None
    if echoed and operation.verb != "remove" and document.get(name) == operation.value:
        return
    if not context.profile.ignore_read_only:
        raise Mutability(f"“{name}” is read-only.")
    context.ignore(name, READ_ONLY)


def _remove(operation: Operation, container: Document, context: Context) -> None:
    """Remove an attribute, a sub-attribute, or the chosen elements of a list."""
    attribute = operation.attribute
    if attribute.required and operation.sub is None:
        raise Mutability(f"“{attribute.name}” is required: it cannot be removed.")
    if attribute.name not in container:
        if operation.where is not None and not context.profile.ignore_unknown_paths:
            raise NoTarget
        return
    if attribute.multi_valued:
        _remove_elements(operation, container, context)
    elif operation.sub is not None:
        container[attribute.name].pop(operation.sub.name, None)
    elif attribute.type != "boolean":
        del container[attribute.name]


def _remove_elements(operation: Operation, container: Document, context: Context) -> None:
    """Remove elements by filter or by a list of values; without either, all of them."""
    attribute = operation.attribute
    chosen = _chosen(operation, container[attribute.name], context)
    if operation.where is not None and not chosen:
        if context.profile.ignore_unknown_paths:
            return
        raise NoTarget
    if operation.sub is not None:
        for element in chosen:
            element.pop(operation.sub.name, None)
        return
    rest = [item for item in container[attribute.name] if not any(item is one for one in chosen)]
    container[attribute.name] = rest


def _chosen(operation: Operation, present: list[Document], context: Context) -> list[Document]:
    """Return the elements that a remove means."""
    attribute = operation.attribute
    if operation.where is not None:
        return _matching(operation, present)
    if operation.has_value and operation.value and operation.sub is None:
        listed = values.elements(attribute, operation.value, context)
        keys = {element.get("value") for element in listed}
        return [element for element in present if element.get("value") in keys]
    return list(present)


def _matching(operation: Operation, present: list[Document]) -> list[Document]:
    """Return the elements that satisfy the operation's value filter."""
    where = operation.where
    if where is None:
        return present
    return [element for element in present if matches(where, element, operation.attribute)]


def _write_elements(operation: Operation, container: Document, context: Context) -> None:
    """Add or replace elements, or a sub-attribute of them."""
    attribute = operation.attribute
    present: list[Document] = container.setdefault(attribute.name, [])
    if operation.where is None and operation.sub is None:
        container[attribute.name] = _merged(operation, present, context)
        return
    chosen = _matching(operation, present)
    if not chosen:
        chosen = [_new_element(operation, context)]
        present.extend(chosen)
    for element in chosen:
        _write_element(operation, element, context)
    _keep_one_primary(present, [element for element in chosen if element.get("primary")])


def _merged(operation: Operation, present: list[Document], context: Context) -> list[Document]:
    """Return the list after a write to the whole attribute; adding keeps what is there."""
    value = operation.value
    if isinstance(value, dict):
        value = [value]
    elements = values.elements(operation.attribute, value, context)
    if operation.verb == "replace":
        return elements
    new = [element for element in elements if element not in present]
    everything = [*present, *new]
    _keep_one_primary(everything, [element for element in new if element.get("primary")])
    return everything


def _new_element(operation: Operation, context: Context) -> Document:
    """Return an element that satisfies the value filter, or refuse (E-6, RFC 7644 3.5.2.3)."""
    if operation.where is None:
        return {}
    if operation.verb == "replace" and not context.profile.add_on_no_match:
        raise NoTarget
    element = {
        sub.name: value
        for name, value in equal_terms(operation.where).items()
        if (sub := operation.attribute.sub(name))
    }
    if not element:
        raise NoTarget
    return element


def _write_element(operation: Operation, element: Document, context: Context) -> None:
    """Write into one element: a sub-attribute, or the whole of it."""
    if operation.sub is not None:
        _set(
            element,
            operation.sub,
            values.scalar(operation.sub, operation.value, context.profile),
        )
        return
    found = values.element(operation.attribute, operation.value, context)
    if operation.verb == "replace" and found:
        element.clear()
    element.update(found)


def _keep_one_primary(present: list[Document], newly: list[Document]) -> None:
    """Unset the former primary when another becomes it (RFC 7644 section 3.5.2)."""
    if newly:
        for element in present:
            if element is not newly[-1] and element.get("primary"):
                element["primary"] = False


def _write_complex(operation: Operation, container: Document) -> None:
    """Set the named sub-attributes; the others stay (RFC 7644 section 3.5.2.3)."""
    attribute = operation.attribute
    present = container.setdefault(attribute.name, {})
    if operation.sub is not None:
        present[operation.sub.name] = operation.value
    elif operation.value is None:
        del container[attribute.name]
    elif isinstance(operation.value, dict):
        present.update({_spelling(attribute, key): item for key, item in operation.value.items()})
    else:
        raise InvalidValue(f"“{attribute.name}” must be an object.")


def _write_simple(operation: Operation, container: Document) -> None:
    """Set a simple attribute; null on the boolean changes nothing."""
    if operation.sub is not None:
        raise InvalidPath(f"“{operation.attribute.name}” has no sub-attributes.")
    if operation.value is None and operation.attribute.type == "boolean":
        return
    container[operation.attribute.name] = operation.value


def _set(element: Document, sub: Attribute, value: Any) -> None:
    """Set a sub-attribute; a blank value clears it."""
    if value in (None, ""):
        element.pop(sub.name, None)
    else:
        element[sub.name] = value


def _spelling(attribute: Attribute, name: str) -> str:
    """Return a sub-attribute's name as the table spells it."""
    sub = attribute.sub(name)
    return sub.name if sub else name
