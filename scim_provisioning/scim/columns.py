"""Where an attribute is read from when a filter compares it or a list is sorted by it.

Text columns named ``*_key`` hold folded text, so the compared value is folded too.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the resource's own row."""

    name: str
    kind: str = "text"
    """``text``, ``boolean``, ``datetime``, ``uuid``, ``version`` (W/"n"), ``location`` (URL that
    ends in the id) or ``constant`` (the resource type's name)."""


@dataclass(frozen=True, slots=True)
class JsonText:
    """A text under a key of a JSON object column."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Elements:
    """A sub-attribute of the elements of a JSON list column."""

    name: str
    key: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Related:
    """A column of related rows: memberships of a group or of a user."""

    relation: str
    name: str
    kind: str = "text"


OWNER = {"User": "user_id", "Group": "group_id"}
"""The column of a membership that points at the resource itself, by resource type."""
