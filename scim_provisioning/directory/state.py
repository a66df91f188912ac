"""What can change in a user or a group, as frozen values that travel between the layers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self
from uuid import UUID

from audit.services import Change
from scim_provisioning.directory.models import Group, User


@dataclass(frozen=True, slots=True)
class UserState:
    """All writable attributes of a user, as the IdP sent them."""

    user_name: str = ""
    external_id: str = ""
    display_name: str = ""
    given_name: str = ""
    family_name: str = ""
    formatted_name: str = ""
    active: bool = True
    emails: tuple[Mapping[str, Any], ...] = ()
    """``{"value", "type", "primary", "display"}``, absent keys left out."""
    department: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    """Registered custom attributes that have a value, by registered name."""

    @classmethod
    def of(cls, user: User) -> Self:
        """Return the state of a stored user."""
        values = {name: getattr(user, name) for name in USER_FIELDS}
        return cls(**{**values, "emails": tuple(user.emails)})

    def apply(self, user: User) -> None:
        """Set the columns of a user, not saving it."""
        for name in USER_FIELDS:
            setattr(user, name, getattr(self, name))
        user.emails = [dict(email) for email in self.emails]
        user.custom = dict(self.custom)

    @property
    def email(self) -> str:
        """Return the primary address, else the first, else "" (product decision 13)."""
        primary = [email for email in self.emails if email.get("primary") is True]
        chosen = next(iter(primary or self.emails), {})
        return str(chosen.get("value", ""))


@dataclass(frozen=True, slots=True)
class GroupState:
    """All writable attributes of a group but its members."""

    display_name: str = ""
    external_id: str = ""

    @classmethod
    def of(cls, group: Group) -> Self:
        """Return the state of a stored group."""
        return cls(group.display_name, group.external_id)

    def apply(self, group: Group) -> None:
        """Set the columns of a group, not saving it."""
        group.display_name = self.display_name
        group.external_id = self.external_id


USER_FIELDS = tuple(item.name for item in fields(UserState))


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What happens to a group's members, as sets: its cost does not grow with the group."""

    exact: frozenset[UUID] | None = None
    """The members afterwards; None where only ``added`` and ``removed`` are known."""
    added: frozenset[UUID] = frozenset()
    removed: frozenset[UUID] = frozenset()

    def adding(self, ids: frozenset[UUID]) -> Self:
        """Return this change followed by adding ``ids``."""
        if self.exact is not None:
            return type(self)(self.exact | ids)
        return type(self)(None, self.added | ids, self.removed - ids)

    def removing(self, ids: frozenset[UUID]) -> Self:
        """Return this change followed by removing ``ids``."""
        if self.exact is not None:
            return type(self)(self.exact - ids)
        return type(self)(None, self.added - ids, self.removed | ids)

    def replacing(self, ids: frozenset[UUID]) -> Self:
        """Return the change after which ``ids`` are the members."""
        return type(self)(ids)


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What a write makes of a group."""

    state: GroupState
    members: MemberChange = MemberChange()


SCIM_NAMES = {
    "user_name": "userName",
    "external_id": "externalId",
    "display_name": "displayName",
    "given_name": "name.givenName",
    "family_name": "name.familyName",
    "formatted_name": "name.formatted",
}
"""The names that the trail shows for columns; the others are called alike."""
_TOLD = {
    kind: [(item.name, SCIM_NAMES.get(item.name, item.name)) for item in fields(kind)]
    for kind in (UserState, GroupState)
}
"""The attributes of each kind of state, with those names."""


def edited(before: UserState | GroupState, after: UserState | GroupState) -> set[str]:
    """Return the fields in which two states of one kind differ."""
    names = (name for name, _told in _TOLD[type(before)])
    return {name for name in names if getattr(before, name) != getattr(after, name)}


def changes_between(before: UserState | GroupState, after: UserState | GroupState) -> list[Change]:
    """Return the attributes that differ between two states of one kind, by their SCIM names."""
    old, new = _flat(before), _flat(after)
    return [
        {"attribute": name, "before": was, "after": is_now}
        for name in old | new
        if (was := old.get(name)) != (is_now := new.get(name))
    ]


def _flat(state: UserState | GroupState) -> dict[str, object]:
    """Return the attributes that have a value, custom ones by their own names."""
    values: dict[str, object] = {}
    for attribute, name in _TOLD[type(state)]:
        value = getattr(state, attribute)
        if isinstance(value, (str, bool)):  # noqa: UP038 - a union is made anew each time
            if value != "":
                values[name] = value
        elif isinstance(value, Mapping):
            values.update(value)
        elif value:
            values[name] = [dict(email) for email in value]
    return values
