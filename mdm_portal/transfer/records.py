"""The lines of a file: what each kind holds, written from rows and read with every value judged.

A line is an object with one member, named after its kind. The first is the header.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from scim_provisioning.directory.models import Group, User
from scim_provisioning.directory.state import GroupState, UserState
from scim_provisioning.directory.transfer import Origin, Person, Team
from scim_provisioning.providers import SOURCES
from scim_provisioning.settings.models import CustomAttribute
from scim_provisioning.settings.registry import custom_attribute_names

FORMAT, VERSION = "mdm-directory", 1
HEADER, ATTRIBUTE, USER, GROUP, MEMBERSHIP = (
    "directory",
    "customAttribute",
    "user",
    "group",
    "membership",
)
KINDS = (ATTRIBUTE, USER, GROUP, MEMBERSHIP)
"""In the order in which their lines stand."""
LONGEST_KEY = 2600
"""Bytes of a text that is indexed; a b-tree takes no more than 2,704."""
HIGHEST_VERSION = 2**31 - 1


class BadValue(ValueError):
    """A value that makes no sense, with a sentence."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A registered custom attribute."""

    name: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Member:
    """One user in one group."""

    group_id: UUID
    user_id: UUID


Values = Mapping[str, Any]
Record = Attribute | Person | Team | Member

_STATE = {
    "userName": "user_name",
    "externalId": "external_id",
    "displayName": "display_name",
    "givenName": "given_name",
    "familyName": "family_name",
    "formattedName": "formatted_name",
    "department": "department",
}


def attribute_values(attribute: CustomAttribute) -> Values:
    """Return what the line of a custom attribute holds."""
    return {
        "name": attribute.name,
        "createdAt": _moment_text(attribute.created_at),
        "createdBy": attribute.created_by,
    }


def user_values(user: User) -> Values:
    """Return what the line of a user holds; no value of an attribute that was deleted."""
    gone, names = user.deprovisioned_at, custom_attribute_names()
    return {
        "id": str(user.id),
        **{name: getattr(user, column) for name, column in _STATE.items()},
        "active": user.active,
        "emails": user.emails,
        "custom": {name: text for name, text in user.custom.items() if name in names},
        **_origin_values(user),
        "deprovisionedAt": _moment_text(gone) if gone else None,
    }


def group_values(group: Group) -> Values:
    """Return what the line of a group holds."""
    return {
        "id": str(group.id),
        "displayName": group.display_name,
        "externalId": group.external_id,
        **_origin_values(group),
    }


def _origin_values(row: User | Group) -> Values:
    return {
        "source": row.source,
        "version": row.version,
        "createdAt": _moment_text(row.created_at),
        "modifiedAt": _moment_text(row.modified_at),
    }


def read(kind: str, values: Values) -> Record:
    """Return what a line means; raise BadValue for the first thing in it that is wrong."""
    wanted, reader = _READERS[kind]
    if not isinstance(values, dict):
        raise BadValue(f"“{kind}” must be an object")
    if missing := [name for name in wanted if name not in values]:
        raise BadValue(f"{missing[0]} is missing")
    if unknown := [name for name in values if name not in wanted]:
        raise BadValue(f"{str(unknown[0])[:64]} is not known")
    return reader(values)


def _attribute(values: Values) -> Attribute:
    name, by = _text(values, "name"), _text(values, "createdBy")
    return Attribute(name, _moment(values, "createdAt"), by)


def _person(values: Values) -> Person:
    texts = {column: _text(values, name) for name, column in _STATE.items()}
    if not texts["user_name"]:
        raise BadValue("userName is empty")
    for name in ("userName", "externalId", "department"):
        _refuse_long(name, values[name])
    state = UserState(
        **texts, active=_flag(values, "active"), emails=_emails(values), custom=_custom(values)
    )
    gone = None if values["deprovisionedAt"] is None else _moment(values, "deprovisionedAt")
    return Person(state, _origin(values, gone))


def _team(values: Values) -> Team:
    state = GroupState(_text(values, "displayName"), _text(values, "externalId"))
    if not state.display_name:
        raise BadValue("displayName is empty")
    for name in ("displayName", "externalId"):
        _refuse_long(name, values[name])
    return Team(state, _origin(values))


def _member(values: Values) -> Member:
    return Member(_id(values, "group"), _id(values, "user"))


def _origin(values: Values, deprovisioned_at: datetime | None = None) -> Origin:
    source, version = values["source"], values["version"]
    if source not in SOURCES:
        raise BadValue(f"source must be one of {', '.join(SOURCES)}")
    if type(version) is not int or not 1 <= version <= HIGHEST_VERSION:
        raise BadValue("version must be a whole number from 1")
    created_at, modified_at = _moment(values, "createdAt"), _moment(values, "modifiedAt")
    return Origin(_id(values, "id"), source, version, created_at, modified_at, deprovisioned_at)


def _text(values: Values, name: str) -> str:
    value = values[name]
    if not isinstance(value, str):
        raise BadValue(f"{name} must be a text")
    if "\0" in value:
        raise BadValue(f"{name} contains a null character")
    return value


def _refuse_long(name: str, text: str) -> None:
    if len(text.encode()) > LONGEST_KEY:
        raise BadValue(f"{name} is longer than {LONGEST_KEY} bytes")


def _flag(values: Values, name: str) -> bool:
    if not isinstance(values[name], bool):
        raise BadValue(f"{name} must be true or false")
    return bool(values[name])


def _id(values: Values, name: str) -> UUID:
    try:
        found = UUID(values[name])
    except (ValueError, TypeError, AttributeError):
        raise BadValue(f"{name} must be an id like {UUID(int=0)}") from None
    if str(found) != values[name]:
        raise BadValue(f"{name} must be written like {found}")
    return found


def _moment(values: Values, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(values[name])
    except (ValueError, TypeError):
        found = None
    if found is None or found.tzinfo is None:
        raise BadValue(f"{name} must be a time like 2026-01-31T12:00:00.000000+00:00")
    return found


def _moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _emails(values: Values) -> tuple[Mapping[str, Any], ...]:
    emails = values["emails"]
    if not isinstance(emails, list) or not all(isinstance(email, dict) for email in emails):
        raise BadValue("emails must be a list of objects")
    for email in emails:
        if strange := email.keys() - {"value", "type", "primary", "display"}:
            raise BadValue(f"emails: {sorted(strange)[0][:64]} is not known")
        for name in email:
            _flag(email, name) if name == "primary" else _text(email, name)
        _refuse_long("emails", str(email.get("value", "")))
    return tuple(emails)


def _custom(values: Values) -> Mapping[str, str]:
    custom = values["custom"]
    if not isinstance(custom, dict):
        raise BadValue("custom must be an object")
    return {name: _text(custom, name) for name in custom}


_ORIGIN = ("source", "version", "createdAt", "modifiedAt")
_READERS: dict[str, tuple[tuple[str, ...], Callable[[Values], Record]]] = {
    ATTRIBUTE: (("name", "createdAt", "createdBy"), _attribute),
    USER: (
        ("id", *_STATE, "active", "emails", "custom", *_ORIGIN, "deprovisionedAt"),
        _person,
    ),
    GROUP: (("id", "displayName", "externalId", *_ORIGIN), _team),
    MEMBERSHIP: (("group", "user"), _member),
}
