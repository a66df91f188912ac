"""How the Users and User Groups pages narrow their lists down."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from scim_provisioning.directory.models import Group, User
from scim_provisioning.directory.text import fold, fold_for_search
from scim_provisioning.providers import SOURCES, source_label

LONGEST_SEARCH = 200


def source_choices() -> list[tuple[str, str]]:
    """Return the sources, in the reader's language."""
    return [(source, source_label(source)) for source in SOURCES]


def status_choices() -> list[tuple[str, str]]:
    """Return the states of a user, in the reader's language."""
    return [
        ("active", str(_("Active"))),
        ("inactive", str(_("Inactive"))),
        ("deprovisioned", str(_("Deprovisioned"))),
    ]


class SearchFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A search box; letter case and accents do not count, wildcards are literal."""

    def __init__(self, **options: Any) -> None:
        """Make the box."""
        widget = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
        super().__init__(label=_("Search"), max_length=LONGEST_SEARCH, widget=widget, **options)


class UserFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Search, User Source and status."""

    q = SearchFilter(method="search")
    source = django_filters.ChoiceFilter(
        label=_("User Source"), choices=source_choices, empty_label=_("All")
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=status_choices, method="with_status", empty_label=_("All")
    )

    class Meta:
        """Nothing but the filters above."""

        model = User
        fields: tuple[str, ...] = ()

    def search(self, users: QuerySet[User], _name: str, text: str) -> QuerySet[User]:
        """Return users all of whose searched words occur in what is known of them."""
        for word in fold_for_search(text).split():
            users = users.filter(search_text__contains=word)
        return users

    def with_status(self, users: QuerySet[User], _name: str, status: str) -> QuerySet[User]:
        """Return users of one status."""
        if status == "deprovisioned":
            return users.exclude(deprovisioned_at=None)
        return users.filter(deprovisioned_at=None, active=status == "active")


class GroupFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Search by name, and source."""

    q = SearchFilter(method="search")
    source = django_filters.ChoiceFilter(
        label=_("Source"), choices=source_choices, empty_label=_("All")
    )

    class Meta:
        """Nothing but the filters above."""

        model = Group
        fields: tuple[str, ...] = ()

    def search(self, groups: QuerySet[Group], _name: str, text: str) -> QuerySet[Group]:
        """Return groups whose name contains the text."""
        return groups.filter(display_name_key__contains=fold(text.strip()))


class MemberFilter(UserFilter):
    """Search among the members of a group."""

    source = None
    status = None
