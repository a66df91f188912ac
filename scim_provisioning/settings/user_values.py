"""What ``${variables}`` stand for with one user, and which users have nothing for them.

Each rule is declared twice, side by side: for a user in hand, and as a condition that the database
counts by. ``tests/services/test_variables.py`` holds the two against each other.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from scim_provisioning.directory.models import User
from scim_provisioning.directory.selectors import live_users
from scim_provisioning.settings.languages import language_of
from scim_provisioning.settings.variables import BUILT_IN

NOBODY = Q(pk__in=[])
EVERYBODY = ~NOBODY


@dataclass(frozen=True, slots=True)
class Source:
    """Where a variable's value comes from."""

    value: Callable[[User], str]
    empty: Q
    """The users for whom the value is empty."""


def local_part(address: str) -> str:
    """Return what stands before the last @, all of it where there is none."""
    return address.rpartition("@")[0] if "@" in address else address


def domain(address: str) -> str:
    """Return what stands after the last @, nothing where there is none."""
    return address.rpartition("@")[2] if "@" in address else ""


def _column(field: str) -> Source:
    return Source(lambda user: str(getattr(user, field)), Q(**{field: ""}))


def _local_part(field: str) -> Source:
    empty = Q(**{field: ""}) | Q(**{f"{field}__regex": "^@[^@]*$"})
    return Source(lambda user: local_part(getattr(user, field)), empty)


def _domain(field: str) -> Source:
    empty = ~Q(**{f"{field}__contains": "@"}) | Q(**{f"{field}__endswith": "@"})
    return Source(lambda user: domain(getattr(user, field)), empty)


SOURCES: dict[str, Source] = {
    "userUID": _column("user_name"),
    "userUIDLocalPart": _local_part("user_name"),
    "userUIDDomain": _domain("user_name"),
    "userEmailAddress": _column("email"),
    "userEmailAddressLocalPart": _local_part("email"),
    "userEmailAddressDomain": _domain("email"),
    "userFirstName": _column("given_name"),
    "userLastName": _column("family_name"),
    "userDisplayName": _column("display_name"),
    "department": _column("department"),
    "userLocale": Source(language_of, NOBODY),
    "timestampMS": Source(lambda _user: str(time.time_ns() // 1_000_000), NOBODY),
}
"""The built-in variables that SCIM or this portal fills; the others are empty for every user."""


def user_values(user: User, custom_attributes: Iterable[str]) -> dict[str, str]:
    """Return a user's value of every variable, built-in and custom; "" where there is none.

    Names of built-in variables among the custom ones change nothing.
    """
    values = dict.fromkeys(BUILT_IN, "")
    values |= {name: source.value(user) for name, source in SOURCES.items()}
    return {name: str(user.custom.get(name, "")) for name in custom_attributes} | values


def users_without(names: Iterable[str]) -> QuerySet[User]:
    """Return the live users for whom at least one of some variables is empty."""
    condition = NOBODY
    for name in names:
        condition |= _empty(name)
    return live_users().filter(condition)


def _empty(name: str) -> Q:
    """Return the users for whom a variable is empty."""
    if name in SOURCES:
        return SOURCES[name].empty
    return (
        EVERYBODY if name in BUILT_IN else ~Q(custom__has_key=name) | Q(**{f"custom__{name}": ""})
    )
