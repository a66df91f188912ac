"""Members of a group as they come in JSON: always user ids."""

from typing import Any
from uuid import UUID

from scim_provisioning.directory.errors import UnknownMembers
from scim_provisioning.scim.errors import InvalidValue, TooMany

MAX_MEMBERS = 10_000
"""A request may name at most so many members."""


def member_ids(value: Any) -> frozenset[UUID]:
    """Return the ids in a list of members, of ``{"value": id}`` objects or plain texts (E-21).

    Raises InvalidValue, and UnknownMembers for ids that cannot be ours.
    """
    items = value if isinstance(value, list) else [] if value is None else [value]
    if len(items) > MAX_MEMBERS:
        raise TooMany(f"A request may name {MAX_MEMBERS} members at most.")
    texts = [_member_text(item) for item in items]
    ids = [parse_id(text) for text in texts]
    unknown = [text for text, parsed in zip(texts, ids, strict=True) if parsed is None]
    if unknown:
        raise UnknownMembers(unknown)
    return frozenset(parsed for parsed in ids if parsed is not None)


def known_ids(value: Any) -> frozenset[UUID]:
    """Return the ids among a list of members that could be ours: for removals."""
    items = value if isinstance(value, list) else [value]
    parsed = (parse_id(_member_text(item)) for item in items)
    return frozenset(found for found in parsed if found is not None)


def parse_id(text: str) -> UUID | None:
    """Return the UUID that a text spells as we spell it, else None."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


def _member_text(item: Any) -> str:
    """Return the id in one member."""
    if isinstance(item, dict):
        item = next((value for name, value in item.items() if name.lower() == "value"), None)
    if not isinstance(item, str) or not item:
        raise InvalidValue("Each of “members” needs the id of a user as its value.")
    return item
