"""What PATCH means, on plain dictionaries: RFC 7644 section 3.5.2 and the rules of the product.

It knows none of our code. An operation comes as steps: a resolved target each, so nothing here
reads a path.
"""

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.scim.filter_model import Node, Refused, holds, same_case

Resource = dict[str, Any]

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"

ABSENT: Any = object()
"""The value of an operation that has none."""

LONGEST = {
    "userName": 256,
    "displayName": 256,
    "externalId": 512,
    "department": 256,
    "emails.value": 320,
}
TEXTS = ("userName", "displayName", "externalId", "department", "costCode")
NAME_PARTS = ("formatted", "familyName", "givenName")
EMAIL_PARTS = ("value", "display", "type", "primary")
HOME = {"department": ENTERPRISE, "costCode": IVANTI}
"""The extension that an attribute stands in."""
READ_ONLY = ("id", "meta", "groups", "schemas")
REQUIRED = ("userName", "active")


@dataclass(frozen=True)
class Target:
    """What a path names; ``attribute`` is an extension's URN where it names all of that."""

    attribute: str
    where: Node | None = None
    sub: str | None = None


@dataclass(frozen=True)
class Step:
    """One change of one target."""

    verb: str
    target: Target
    value: Any = ABSENT
    fault: str | None = None
    """Why the operation is refused whatever the resource holds."""
    ignored: bool = False
    """Accepted and not stored (product decision 10)."""


def patched(resource: Resource, steps: Iterable[Step]) -> Resource:
    """Return the user after all steps, else raise Refused; the argument stays as it is."""
    after = deepcopy(resource)
    run(steps, lambda step: change(after, step), lambda: check_emails(after))
    return {name: value for name, value in after.items() if value not in ({}, [])}


def run(steps: Iterable[Step], apply: Callable[[Step], None], check: Callable[[], None]) -> None:
    """Apply steps in order, then check the whole; no RFC says which of two faults is named."""
    steps = list(steps)
    reasons = {step.fault for step in steps if step.fault}
    try:
        for step in steps:
            if step.fault:
                break
            if not step.ignored:
                apply(step)
        else:
            check()
    except Refused as error:
        reasons |= error.scim_types
    if reasons:
        raise Refused(*reasons)


def change(resource: Resource, step: Step) -> None:
    """Apply one step to a user."""
    name = step.target.attribute
    if name in READ_ONLY:
        raise Refused("mutability")
    if step.target.where is not None and name != "emails":
        raise Refused("invalidPath")
    if name == "emails":
        change_emails(resource, step)
    elif name == "name":
        change_parts(resource, "name", NAME_PARTS, step)
    elif name in (ENTERPRISE, IVANTI):
        change_parts(resource, name, tuple(key for key in HOME if HOME[key] == name), step)
    elif name in HOME:
        set_text(resource.setdefault(HOME[name], {}), name, step.value)
    elif step.verb == "remove" and name in REQUIRED:
        raise Refused("mutability")
    elif name == "active":
        resource["active"] = resource["active"] if step.value is None else boolean(step.value)
    elif name == "userName":
        keep_user_name(resource, step.value)
    else:
        set_text(resource, name, step.value)


def keep_user_name(resource: Resource, value: Any) -> None:
    """Let the same userName pass, in any letter case; refuse another (product decision 7)."""
    if same_case(text("userName", value)) != same_case(resource["userName"]):
        raise Refused("mutability")


def change_parts(resource: Resource, name: str, parts: tuple[str, ...], step: Step) -> None:
    """Change the parts that are named of a complex attribute or an extension; others stay."""
    present = resource.setdefault(name, {})
    if step.target.sub is not None:
        set_text(present, step.target.sub, step.value)
    elif step.verb == "remove" or step.value is None:
        present.clear()
    elif not isinstance(step.value, dict):
        raise Refused("invalidValue")
    else:
        for key, value in step.value.items():
            if part := spelled(key, parts):
                set_text(present, part, value)


def set_text(container: Resource, name: str, value: Any) -> None:
    """Set a text; a blank value or none clears it (product decision 14)."""
    found = "" if value is ABSENT else text(name, value)
    container.pop(name, None)
    if found:
        container[name] = found


def text(name: str, value: Any) -> str:
    """Return a text, "" for null; a custom attribute's number or boolean as its JSON."""
    if value is None:
        return ""
    if name == "costCode" and isinstance(value, bool | int | float):
        return json.dumps(value)
    if not isinstance(value, str) or "\0" in value or len(value) > LONGEST.get(name, 1024):
        raise Refused("invalidValue")
    return value


def boolean(value: Any) -> bool:
    """Return a boolean."""
    if not isinstance(value, bool):
        raise Refused("invalidValue")
    return value


def change_emails(resource: Resource, step: Step) -> None:
    """Change the list of addresses; elements of which nothing is left go."""
    present = resource.setdefault("emails", [])
    if step.verb == "remove":
        remove_emails(present, step)
    elif step.target.where is None and step.target.sub is None:
        write_list(present, step)
    else:
        write_chosen(present, step)
    present[:] = [element for element in present if element]


def remove_emails(present: list[Resource], step: Step) -> None:
    """Remove all, those that match, those that are listed, or one part of those."""
    gone = present
    if step.target.where is not None:
        gone = [element for element in present if holds(step.target.where, element)]
        if not gone:
            raise Refused("noTarget")
    elif isinstance(step.value, list) and step.target.sub is None:
        listed = [part(element) for element in step.value]
        keys = {same_case(element["value"]) for element in listed if element.get("value")}
        gone = [element for element in present if same_case(element.get("value", "")) in keys]
    elif step.value not in (ABSENT, None) and step.target.sub is None:
        raise Refused("invalidValue")
    if step.target.sub is not None:
        for element in gone:
            element.pop(step.target.sub, None)
        return
    present[:] = [element for element in present if not any(element is one for one in gone)]


def write_list(present: list[Resource], step: Step) -> None:
    """Replace all addresses, or add those that are not there."""
    value = [] if step.value is None else step.value
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise Refused("invalidValue")
    elements = [filled(part(element)) for element in value]
    if step.verb == "replace":
        present[:] = elements
        return
    for element in elements:
        if element and element not in present:
            present.append(element)
            become_primary(present, element, element.get("primary"))


def write_chosen(present: list[Resource], step: Step) -> None:
    """Write to the elements that match; adding makes one that matches if there is none."""
    where = step.target.where
    chosen = [element for element in present if where is None or holds(where, element)]
    if not chosen:
        if where is not None and step.verb == "replace":
            raise Refused("noTarget")
        new = {} if where is None else demanded(where)
        present.append(new)
        write(present, [new], step)
        become_primary(present, new, new.get("primary"))
    else:
        write(present, chosen, step)


def write(present: list[Resource], chosen: list[Resource], step: Step) -> None:
    """Write to some elements, one after the other; what replaces one may not be blank."""
    sub = step.target.sub
    written = {sub: part_value(sub, step.value)} if sub else part(step.value)
    if sub is None and step.verb == "replace" and not filled(written):
        raise Refused("invalidValue")
    for element in chosen:
        if sub is None and step.verb == "replace":
            element.clear()
        element.update(written)
        become_primary(present, element, written.get("primary"))
        for name in [name for name, value in element.items() if value in (None, "")]:
            del element[name]


def become_primary(present: list[Resource], element: Resource, is_primary: Any) -> None:
    """Unset the other primary element when one becomes it."""
    if is_primary:
        for other in present:
            if other is not element and other.get("primary"):
                other["primary"] = False


def demanded(where: Node) -> Resource:
    """Return the element that a conjunction of ``eq`` describes; noTarget for any other filter."""
    element: Resource = {}
    for node in conjunction(where):
        if node[0] != "eq":
            raise Refused("noTarget")
        element[node[1]] = node[2]
    element = filled(element)
    if not element or not holds(where, element):
        raise Refused("noTarget")
    return element


def conjunction(where: Node) -> list[Node]:
    """Return the terms that all must hold."""
    if where[0] != "and":
        return [where]
    return [*conjunction(where[1]), *conjunction(where[2])]


def part(element: Any) -> Resource:
    """Return the known parts of an address in our spelling, blank ones too."""
    if not isinstance(element, dict):
        raise Refused("invalidValue")
    return {
        name: part_value(name, value)
        for key, value in element.items()
        if (name := spelled(key, EMAIL_PARTS))
    }


def part_value(name: str, value: Any) -> Any:
    """Return the checked value of one part of an address."""
    if name == "primary":
        return None if value is None else boolean(value)
    return text(f"emails.{name}", value)


def filled(element: Resource) -> Resource:
    """Return an element without its blank parts."""
    return {name: value for name, value in element.items() if value not in (None, "")}


def check_emails(resource: Resource) -> None:
    """Refuse a user whose addresses make no sense, taken together."""
    emails = resource.get("emails", [])
    primary = [element for element in emails if element.get("primary")]
    if len(emails) > 20 or len(primary) > 1 or any("value" not in element for element in emails):
        raise Refused("invalidValue")


def spelled(name: str, names: tuple[str, ...]) -> str | None:
    """Return the name as its schema spells it, None for an unknown one."""
    return next((known for known in names if known.lower() == name.lower()), None)
