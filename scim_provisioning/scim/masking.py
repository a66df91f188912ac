"""Bodies as the log may keep them: nothing that could be secret, and no more than people read.

A value is shown only under a name that the service itself publishes; a password, a certificate or
an attribute that nobody registered is masked, wherever it stands.
"""

from functools import lru_cache
from itertools import islice
from typing import Any

from scim_provisioning.scim.attributes import COMMON, GROUP_TYPE, Attribute, user_type
from scim_provisioning.scim.written import Written

MASK = "•••"
LONGEST_TEXT = 256
LARGEST_NUMBER = 2**63
MOST_ELEMENTS = 20
MOST_RESOURCES = 10
MOST_MEMBERS = 80
MOST_NAMES = 2_000
"""Names of which is remembered whether they are published."""
MESSAGE_NAMES = frozenset(
    (
        "schemas operations op path value method bulkid version data location response "
        "failonerrors filter sortby sortorder startindex count cursor nextcursor previouscursor "
        "attributes excludedattributes totalresults itemsperpage resources "
        "status scimtype detail"
    ).split()
)
"""The members of the messages of RFC 7644 and RFC 9865."""


class _Shown(dict[str, bool]):
    """Whether a name or a path is published, worked out once for each."""

    def __init__(self, names: frozenset[str]) -> None:
        """Know the published names."""
        super().__init__()
        self.names = names

    def __missing__(self, name: str) -> bool:
        """Work it out; of callers who make up names, few are remembered."""
        if len(self) >= MOST_NAMES:
            self.clear()
        found = self[name] = _shows(name, self.names)
        return found


def masked(body: Any, custom_attributes: tuple[str, ...]) -> Any:
    """Return a body with the values of unpublished names masked, long ones shortened."""
    return body if body is None else _masked(body, _published(custom_attributes))


def summary(answer: Any, custom_attributes: tuple[str, ...]) -> Any:
    """Return an answer, masked; of a list only which resources it has."""
    if isinstance(answer, dict) and "Resources" in answer:
        ids = [{"id": _id(item)} for item in answer["Resources"][:MOST_RESOURCES]]
        answer = {**answer, "Resources": _with_rest(ids, len(answer["Resources"]))}
    return masked(answer, custom_attributes)


def _id(resource: dict[str, Any] | Written) -> Any:
    """Return the id of a resource in a list."""
    return resource.key if isinstance(resource, Written) else resource.get("id")


def is_published(name: str, custom_attributes: tuple[str, ...]) -> bool:
    """Tell whether a name, a path or a URN-qualified name means something that may be shown."""
    return _published(custom_attributes)[name]


def _masked(value: Any, shown: _Shown) -> Any:
    """Return a value, masked and shortened."""
    if isinstance(value, str):
        return _short(value)
    if isinstance(value, list):
        return _with_rest([_masked(item, shown) for item in value[:MOST_ELEMENTS]], len(value))
    if isinstance(value, int | float):
        return _number(value)
    return _members(value, shown) if isinstance(value, dict) else value


def _members(value: dict[str, Any], shown: _Shown) -> dict[str, Any]:
    """Return an object, masked and shortened."""
    hides_value = not shown[_target(value)]
    return {
        _short(name): item
        if item is None
        else MASK
        if not shown[name] or (hides_value and name.lower() == "value")
        else _masked(item, shown)
        for name, item in islice(value.items(), MOST_MEMBERS)
    }


def _number(value: int | float) -> int | float | str:
    """Return a number as the log can write it; one of more than 64 bits as a text."""
    if isinstance(value, float):
        return float(value)
    return value if abs(value) < LARGEST_NUMBER else _short(str(value))


def _short(text: str) -> str:
    """Return a text as the database can hold it and people can read it."""
    if "\0" in text:
        text = text.replace("\0", "␀")
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _target(value: dict[str, Any]) -> str:
    """Return the path of a PATCH operation; without one, the names within its value say it."""
    path = next((item for name, item in value.items() if name.lower() == "path"), None)
    return path if isinstance(path, str) and not path.startswith("/") else "value"


def _shows(name: str, names: frozenset[str]) -> bool:
    """Tell whether the last part of a name or path is published."""
    folded = name.lower()
    if folded in names:
        return True
    head, _bracket, _rest = folded.partition("[")
    plain = head.rpartition(":")[2] if ":" in head else head
    return all(part in names for part in plain.split("."))


def _with_rest(items: list[Any], length: int) -> list[Any]:
    """Return the first elements, and how many more there were."""
    return [*items, f"… +{length - len(items)}"] if length > len(items) else items


@lru_cache(maxsize=8)
def _published(custom_attributes: tuple[str, ...]) -> _Shown:
    """Return what is shown: all names of the attribute table and of the messages."""
    kinds = (user_type(custom_attributes), GROUP_TYPE)
    schemas = [schema for kind in kinds for schema in kind.schemas]
    found = {name for schema in schemas for item in schema.attributes for name in _names(item)}
    common = {name for item in COMMON for name in _names(item)}
    urns = {schema.urn.lower() for schema in schemas}
    return _Shown(MESSAGE_NAMES | found | common | urns)


def _names(attribute: Attribute) -> list[str]:
    """Return the names of an attribute and its sub-attributes, in lower case."""
    return [attribute.name.lower(), *(sub.name.lower() for sub in attribute.sub_attributes)]
