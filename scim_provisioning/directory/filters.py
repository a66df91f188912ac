"""How the Users and User Groups pages narrow their lists down."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mdm_portal.portal.lists import Sorting
from scim_provisioning.directory.custom_attributes import custom_attribute_names
from scim_provisioning.directory.forms import LONGEST_NAME, LONGEST_VALUE
from scim_provisioning.directory.invite_status import INVITE_STATUSES, of_invite_status
from scim_provisioning.directory.models import Group, User
from scim_provisioning.directory.text import fold, fold_for_search
from scim_provisioning.directory.user_status import by_status, of_status
from scim_provisioning.providers import SOURCES, source_label

LONGEST_SEARCH = 200
INDEXED_LETTERS = 3
WITHOUT = "without"
INDEXED = {"source": ("name", "source"), "department": ("name", "department")}
"""Filters by which the table has an index, and the orders that the index has."""
INACTIVE = ("status", "inactive", "name")
"""Those who are inactive have a table of their own, with an index."""
ITS_ORDER = ("inactive__sort_name", "inactive__user_id")
"""The columns of that index."""


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


def invite_status_choices() -> list[tuple[str, str]]:
    """Return the states of an invitation, in the reader's language."""
    return [(key, str(status.label)) for key, status in INVITE_STATUSES.items()]


def attribute_choices() -> list[tuple[str, str]]:
    """Return the registered custom attributes."""
    return [(name, name) for name in custom_attribute_names()]


class SearchFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A search box; letter case and accents do not count, wildcards are literal."""

    def __init__(self, **options: Any) -> None:
        """Make the box."""
        widget = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
        super().__init__(label=_("Search"), max_length=LONGEST_SEARCH, widget=widget, **options)


class SuggestingFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A text box for a whole name; the page's datalist of the same name suggests some."""

    def __init__(self, **options: Any) -> None:
        """Make the box; the page fills ``<datalist id="known-...">``."""
        super().__init__(max_length=LONGEST_NAME, **options)

    @property
    def field(self) -> forms.Field:
        """Return the form's field, tied to its suggestions."""
        field: forms.Field = super().field
        attributes = {"list": f"known-{self.field_name}", "autocomplete": "off"}
        field.widget.attrs.update(attributes)
        return field


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]
    """What the lists share: a filter that makes no sense finds nobody, and says why."""

    @property
    def qs(self) -> QuerySet[Any]:
        """Return the rows that match: none when the form has errors."""
        rows: QuerySet[Any] = self.queryset.none() if self.errors else super().qs
        return rows

    @property
    def is_narrow(self) -> bool:
        """Tell whether anything narrows the list down."""
        return bool(self.errors) or any(self.form.cleaned_data.values())


def _has_word(word: str) -> Q:
    """Return the condition that a word occurs; one or two Latin letters have to begin a word.

    The index knows three letters in a row, and the beginning of a word by fewer. Scripts that
    write no spaces have whole names of two letters: those are looked for anywhere.
    """
    is_short = len(word) < INDEXED_LETTERS and word.isascii() and word.isalnum()
    if not is_short:
        return Q(search_text__contains=word)
    return Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")


class PeopleFilter(ListFilter):
    """Search among people."""

    q = SearchFilter(method="search")

    class Meta:
        """Nothing but the filters above."""

        model = User
        fields: tuple[str, ...] = ()

    def search(self, users: QuerySet[User], _name: str, text: str) -> QuerySet[User]:
        """Return users all of whose searched words occur in what is known of them."""
        for word in fold_for_search(text).split():
            users = users.filter(_has_word(word))
        return users


class UserFilterForm(forms.Form):
    """The filters of the Users page as a form: the value of an attribute needs the attribute."""

    def clean(self) -> dict[str, Any]:
        """Return the values; say so when a value stands alone."""
        values = super().clean() or {}
        if values.get("attribute_value") and not values.get("attribute"):
            self.add_error("attribute_value", _("Choose the attribute that has this value."))
        return values


class UserFilter(PeopleFilter):
    """All that the Users page filters by."""

    source = django_filters.ChoiceFilter(
        label=_("User Source"), choices=source_choices, empty_label=_("All")
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=status_choices, method="with_status", empty_label=_("All")
    )
    invite_status = django_filters.ChoiceFilter(
        label=_("Invite Status"),
        choices=invite_status_choices,
        method="with_invite_status",
        empty_label=_("All"),
    )
    email = django_filters.ChoiceFilter(
        label=_("Email Address"),
        choices=[(WITHOUT, _("Without an e-mail address"))],
        method="with_email",
        empty_label=_("All"),
    )
    group = SuggestingFilter(label=_("User Group"), method="in_group")
    department = SuggestingFilter(label=_("Department"), method="in_department")
    attribute = django_filters.ChoiceFilter(
        label=_("Custom attribute"),
        choices=attribute_choices,
        method="with_attribute",
        empty_label=_("All"),
    )
    attribute_value = django_filters.CharFilter(
        label=_("Value of the attribute"), max_length=LONGEST_VALUE, method="with_attribute_value"
    )

    class Meta(PeopleFilter.Meta):
        """Nothing but the filters above."""

        form = UserFilterForm

    def ordered(self, order: Sorting) -> QuerySet[User]:
        """Return the rows that match, in an order."""
        fields = order.order_by
        if (*self._only, order.key) == INACTIVE:
            fields = tuple(f"-{field}" if order.descending else field for field in ITS_ORDER)
        return self.qs.order_by(*fields)

    def sections(self, order: Sorting) -> Sequence[QuerySet[Any]]:
        """Return the parts of a list that no index has, but of each part one: all by status."""
        if self.is_narrow or order.key != "status":
            return ()
        return by_status(descends=order.descending)

    def has_index(self, order: str) -> bool:
        """Tell whether an index has all that match in an order (a column's key)."""
        if not self.is_narrow:
            return True
        name, value = self._only
        return order in INDEXED.get(name, ()) or (name, value, order) == INACTIVE

    @property
    def _only(self) -> tuple[str, str]:
        """Return the filter that is used, with its value; nothing where there are several."""
        values = {} if self.errors else self.form.cleaned_data
        asked = [(name, value) for name, value in values.items() if value]
        return asked[0] if len(asked) == 1 else ("", "")

    def with_status(self, users: QuerySet[User], _name: str, status: str) -> QuerySet[User]:
        """Return users of one status."""
        return of_status(users, status)

    def with_invite_status(self, users: QuerySet[User], _name: str, status: str) -> QuerySet[User]:
        """Return users whose newest invitation has a status."""
        return of_invite_status(users, status)

    def with_email(self, users: QuerySet[User], _name: str, _without: str) -> QuerySet[User]:
        """Return users who cannot be invited: they have no e-mail address."""
        return users.filter(email="")

    def in_group(self, users: QuerySet[User], _name: str, group: str) -> QuerySet[User]:
        """Return the members of the group of this name; letter case does not count."""
        return users.filter(memberships__group__display_name_key=fold(group))

    def in_department(self, users: QuerySet[User], _name: str, department: str) -> QuerySet[User]:
        """Return users of the department of this name; letter case does not count."""
        return users.filter(department_key=fold(department))

    def with_attribute(self, users: QuerySet[User], _name: str, name: str) -> QuerySet[User]:
        """Return users who have a value of a custom attribute."""
        return users.filter(custom__has_key=name)

    def with_attribute_value(self, users: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        """Return users who have this value of the chosen attribute; letter case does not count."""
        name = self.form.cleaned_data["attribute"]
        return users.filter(custom_key__contains={name: fold(value)})


class GroupFilter(ListFilter):
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


class MemberFilter(PeopleFilter):
    """Search among the members of a group."""
