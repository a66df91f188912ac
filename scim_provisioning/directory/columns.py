"""The columns of the Users list: what each says of a user, on the page and in the CSV file."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from mdm_portal.portal.lists import Column
from scim_provisioning.directory.custom_attributes import custom_attribute_names
from scim_provisioning.directory.invite_status import INVITE_STATUSES

AT = re.compile("(?=@)")
Person = Any
"""A user with ``invite_status``."""


@dataclass(frozen=True, slots=True)
class UserColumn:
    """A column that can be shown beside the name."""

    key: str
    label: Any
    read: Callable[[Person], Any]
    """Returns a text or a moment."""
    fields: tuple[str, ...] = ()
    tone: Callable[[Person], str] | None = None
    """Returns the colour of the badge that shows the text."""
    is_default: bool = True

    @property
    def head(self) -> Column:
        """Return the column as the list sorts by it."""
        return Column(self.key, self.label, self.fields)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one column says of one user."""

    key: str
    label: str
    value: Any
    tone: str

    @property
    def breakable(self) -> str:
        """Return the text as markup in which a line may end before an ``@``."""
        parts = ((part,) for part in AT.split(self.value))
        return format_html_join(mark_safe("<wbr>"), "{}", parts)

    @property
    def is_moment(self) -> bool:
        """Tell whether it is a point in time."""
        return isinstance(self.value, datetime)


NAME = Column("name", _("Name"), ("sort_name",))
COLUMNS: tuple[UserColumn, ...] = (
    UserColumn("email", _("Email Address"), attrgetter("email"), ("email",)),
    UserColumn(
        "department", _("Department"), attrgetter("department"), ("department_key", "sort_name")
    ),
    UserColumn("source", _("User Source"), attrgetter("source_label"), ("source", "sort_name")),
    UserColumn(
        "status",
        _("Status"),
        attrgetter("status_label"),
        ("active", "deprovisioned_at", "sort_name"),
        attrgetter("tone"),
    ),
    UserColumn(
        "invite_status",
        _("Invite Status"),
        lambda person: str(INVITE_STATUSES[person.invite_status].label),
        tone=lambda person: INVITE_STATUSES[person.invite_status].tone,
    ),
    UserColumn("created", _("Created"), attrgetter("created_at"), ("created_at",)),
    UserColumn(
        "modified", _("Last changed"), attrgetter("modified_at"), ("modified_at",), is_default=False
    ),
    UserColumn("given_name", _("First Name"), attrgetter("given_name"), is_default=False),
    UserColumn("family_name", _("Last Name"), attrgetter("family_name"), is_default=False),
    UserColumn("external_id", _("External ID"), attrgetter("external_id"), is_default=False),
)
OF_MEMBERS = ("email", "department", "source", "status")
MEMBER_COLUMNS = (NAME, *(column.head for column in COLUMNS if column.key in OF_MEMBERS))
"""What the lists of members show, and those of other users to choose from."""
CUSTOM = "custom."
"""How the keys of columns of custom attributes begin."""


def all_columns() -> tuple[UserColumn, ...]:
    """Return all columns there are: those of every user, then the registered attributes."""
    return (*COLUMNS, *map(_custom_column, custom_attribute_names()))


def _custom_column(name: str) -> UserColumn:
    """Return the column of a custom attribute."""
    return UserColumn(
        f"{CUSTOM}{name}", name, lambda person: person.custom.get(name, ""), is_default=False
    )


def rows(
    people: Iterable[Person], columns: Sequence[UserColumn]
) -> list[tuple[Person, list[Cell]]]:
    """Return users, each with what the columns say; a column's name is looked up once for all."""
    named = [(column, str(column.label)) for column in columns]
    return [(person, [_cell(person, *column) for column in named]) for person in people]


def _cell(person: Person, column: UserColumn, label: str) -> Cell:
    """Return what a column says of a user."""
    tone = column.tone(person) if column.tone else ""
    return Cell(column.key, label, column.read(person), tone)


def text(value: Any) -> str:
    """Return a cell's value for a file."""
    if isinstance(value, datetime):
        return localtime(value).isoformat(timespec="seconds")
    return str(value)
