"""Typed comparison: what a value in a filter means for an attribute, and when two values match.

The same rules serve the database (``filters.py``) and plain JSON elements (``grammar.matches``):
``ne`` is exactly ``not eq``, so it holds where the attribute is absent; an empty text is absent;
``eq null`` and ``eq ""`` hold where it is absent.
"""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from scim_provisioning.directory.text import fold
from scim_provisioning.scim.attributes import Attribute
from scim_provisioning.scim.errors import InvalidFilter
from scim_provisioning.scim.syntax import ORDERING_OPERATORS, CompareOperator


class Unmatchable:
    """A text that no stored text can equal, contain or be ordered against.

    PostgreSQL holds neither NUL characters nor lone surrogates.
    """


UNMATCHABLE: Final = Unmatchable()

Operand = str | bool | datetime | Unmatchable | None

_EQUALITY = frozenset((CompareOperator.eq, CompareOperator.ne))
_OPERATORS_OF = {
    "boolean": _EQUALITY,
    "location": _EQUALITY,
    "datetime": _EQUALITY | ORDERING_OPERATORS,
}
_WORDS = {"true": True, "false": False}
_VERSION = re.compile(r'W/"([1-9]\d{0,8})"', re.ASCII)
_EARLIEST = datetime(2, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 30, tzinfo=UTC)
_SHOWN = 140
_DATETIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:(\.\d{1,6})\d*)?(?:([Zz])|([+\- ])(\d\d):?(\d\d))?"
)


def kind_of(attribute: Attribute) -> str:
    """Return how values of the attribute compare: the kind of its column."""
    return getattr(attribute.column, "kind", "text")


def read_operand(attribute: Attribute, label: str, op: CompareOperator, value: object) -> Operand:
    """Return the value of a filter as the attribute's type, else raise InvalidFilter.

    None means absent, and stands with ``eq`` and ``ne`` only.
    """
    kind = kind_of(attribute)
    if kind in _OPERATORS_OF and op not in _OPERATORS_OF[kind]:
        raise InvalidFilter(f"“{op}” cannot compare “{label}”, which is a {attribute.type}.")
    if value is None or (value == "" and op in _EQUALITY):
        if op in _EQUALITY:
            return None
        raise InvalidFilter(f"“{op}” cannot compare “{label}” to null.")
    operand = _typed(attribute, kind, value)
    if operand is None:
        raise InvalidFilter(f"{quoted(value)} is no {attribute.type} to compare “{label}” with.")
    return operand


def read_stored(attribute: Attribute, value: object) -> Operand:
    """Return a value of a JSON element as it is compared; None for an absent one."""
    return None if value is None or value == "" else _typed(attribute, kind_of(attribute), value)


def holds(op: CompareOperator, stored: Operand, operand: Operand) -> bool:
    """Return whether a stored value compares so to the operand."""
    if op == CompareOperator.eq:
        return stored == operand
    if op == CompareOperator.ne:
        return stored != operand
    if type(stored) is not type(operand) or isinstance(stored, Unmatchable):
        return False
    return _COMPARE[op](stored, operand)


def read_datetime(text: str) -> datetime | None:
    """Return the moment of an RFC 3339 text, in UTC where it names no offset; else None.

    A blank sign is a plus that was not percent-encoded.
    """
    found = _DATETIME.fullmatch(text.strip())
    if found is None:
        return None
    day, time, fraction, _, sign, hours, minutes = found.groups()
    offset = f"{sign.replace(' ', '+')}{hours}:{minutes}" if sign else "+00:00"
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{fraction or ''}{offset}")
    except ValueError:
        return None
    return min(max(moment, _EARLIEST), _LATEST).astimezone(UTC)


def read_uuid(text: str) -> UUID | None:
    """Return the id that is written exactly so; ids are caseExact."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def read_version(text: str) -> int | None:
    """Return the number in the entity tag of ``meta.version``."""
    found = _VERSION.fullmatch(text)
    return int(found[1]) if found else None


def _typed(attribute: Attribute, kind: str, value: object) -> Operand:
    """Return the value as the attribute's type; None if it is of another."""
    if kind == "boolean":
        return value if isinstance(value, bool) else _WORDS.get(str(value).lower())
    if not isinstance(value, str):
        return None
    if kind == "datetime":
        return read_datetime(value)
    if "\0" in value or not _is_encodable(value):
        return UNMATCHABLE
    if kind == "location":
        return value.rstrip("/").rpartition("/")[2]
    return value if attribute.case_exact else fold(value)


def _is_encodable(text: str) -> bool:
    """Return whether the text has no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def quoted(text: object) -> str:
    """Return what a client sent as a sentence of ours can show it: shortened, and encodable."""
    shown = str(text).encode(errors="replace").decode()
    return f"“{shown}”" if len(shown) <= _SHOWN else f"“{shown[:_SHOWN]}…”"


_COMPARE: dict[CompareOperator, Callable[[Any, Any], bool]] = {
    CompareOperator.co: operator.contains,
    CompareOperator.sw: str.startswith,
    CompareOperator.ew: str.endswith,
    CompareOperator.gt: operator.gt,
    CompareOperator.ge: operator.ge,
    CompareOperator.lt: operator.lt,
    CompareOperator.le: operator.le,
}
