"""What PATCH of a group means, on plain values; it knows none of our code."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.scim.filter_model import Refused, holds
from tests.scim.patch_model import ABSENT, READ_ONLY, Step, run, text


@dataclass
class Group:
    """A group as the model keeps it."""

    display_name: str
    external_id: str = ""
    members: set[str] = field(default_factory=set)


def changed_group(group: Group, steps: Iterable[Step], people: dict[str, str]) -> Group:
    """Return the group after all steps, else raise Refused; ``people`` are names by id."""
    after = deepcopy(group)

    def check() -> None:
        if not after.display_name.strip():
            raise Refused("invalidValue")

    run(steps, lambda step: change_group(after, step, people), check)
    return after


def change_group(group: Group, step: Step, people: dict[str, str]) -> None:
    """Apply one step to a group."""
    name = step.target.attribute
    if name in READ_ONLY:
        raise Refused("mutability")
    if name == "members":
        change_members(group, step, people)
    elif step.target.where is not None:
        raise Refused("invalidPath")
    elif name == "externalId":
        group.external_id = "" if step.value is ABSENT else text(name, step.value)
    elif step.verb == "remove":
        raise Refused("mutability")
    else:
        group.display_name = text(name, step.value)


def change_members(group: Group, step: Step, people: dict[str, str]) -> None:
    """Add, replace or remove members; adding one who is there and removing a stranger succeed."""
    if step.target.sub is not None:
        raise Refused("mutability")
    where = step.target.where
    chosen = set(group.members)
    if where is not None:
        shown = {key: {"value": key, "display": people[key], "type": "User"} for key in chosen}
        chosen = {key for key in chosen if holds(where, shown[key])}
    if step.verb == "remove":
        if where is None and step.value not in (ABSENT, None):
            chosen &= listed_ids(step.value)
        group.members -= chosen
        return
    if step.verb == "replace" and where is not None and not chosen:
        raise Refused("noTarget")
    ids = listed_ids(step.value)
    if not ids <= people.keys():
        raise Refused("invalidValue")
    if step.verb == "replace":
        group.members -= chosen
    group.members |= ids


def listed_ids(value: Any) -> set[str]:
    """Return the ids in a list of members."""
    items = [] if value is None else value if isinstance(value, list) else [value]
    found = set()
    for item in items:
        if isinstance(item, dict):
            item = next((item[key] for key in item if key.lower() == "value"), None)
        if not isinstance(item, str) or not item:
            raise Refused("invalidValue")
        found.add(item)
    return found
