"""What a value filter means on one element, on plain dictionaries; it knows none of our code."""

import unicodedata
from collections.abc import Callable
from typing import Any

Node = tuple[Any, ...]
"""("eq", name, value), ("pr", name), ("and", node, node), ("or", node, node), ("not", node)."""


class Refused(Exception):
    """The whole request is refused, for one of these reasons."""

    def __init__(self, *scim_types: str) -> None:
        """Name what ``scimType`` may be."""
        super().__init__(*scim_types)
        self.scim_types = frozenset(scim_types)


def same_case(value: str) -> str:
    """Return text as caseExact false compares it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", value).casefold())


COMPARE: dict[str, Callable[[str, str], bool]] = {
    "co": lambda stored, value: value in stored,
    "sw": lambda stored, value: stored.startswith(value),
    "ew": lambda stored, value: stored.endswith(value),
    "gt": lambda stored, value: stored > value,
    "le": lambda stored, value: stored <= value,
}


def is_readable(node: Node, names: tuple[str, ...]) -> bool:
    """Return whether a filter names what exists, and compares what can be compared."""
    if node[0] in ("and", "or", "not"):
        return all(is_readable(term, names) for term in node[1:])
    if node[1] not in names:
        return False
    if node[0] == "pr":
        return True
    if node[1] == "primary":
        return node[0] not in COMPARE and isinstance(node[2], bool | None)
    return isinstance(node[2], str) or (node[2] is None and node[0] not in COMPARE)


def holds(node: Node, element: dict[str, Any]) -> bool:
    """Return whether an element satisfies a filter; None and "" are absent."""
    if node[0] == "and":
        return holds(node[1], element) and holds(node[2], element)
    if node[0] == "or":
        return holds(node[1], element) or holds(node[2], element)
    if node[0] == "not":
        return not holds(node[1], element)
    stored, value = element.get(node[1]), node[2] if len(node) > 2 else None
    stored, value = (
        (same_case(item) or None) if isinstance(item, str) and node[0] not in COMPARE else item
        for item in (stored, value)
    )
    if node[0] == "pr":
        return stored is not None
    if node[0] in ("eq", "ne"):
        return (stored == value) is (node[0] == "eq")
    return bool(stored) and COMPARE[node[0]](same_case(stored), same_case(value))
