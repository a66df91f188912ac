"""What an administrator fills in about local users and groups."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from scim_provisioning.directory.models import User
from scim_provisioning.directory.state import UserState

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_VALUE = 256, 320, 1024
CUSTOM = "custom."
"""How the fields of custom attributes begin."""


class GroupForm(forms.Form):
    """The name of a group; the service knows whether it is taken."""

    name = forms.CharField(
        label=_("User Group Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class UserForm(forms.Form):
    """All that a local user has; the service knows whether the userName is taken."""

    user_name = forms.CharField(label=_("Username"), max_length=LONGEST_NAME)
    given_name = forms.CharField(label=_("First Name"), max_length=LONGEST_VALUE, required=False)
    family_name = forms.CharField(label=_("Last Name"), max_length=LONGEST_VALUE, required=False)
    display_name = forms.CharField(label=_("Display Name"), max_length=LONGEST_NAME, required=False)
    email = forms.EmailField(
        label=_("Email Address"),
        max_length=LONGEST_ADDRESS,
        required=False,
        help_text=_("Without an e-mail address a user cannot be invited."),
    )
    department = forms.CharField(label=_("Department"), max_length=LONGEST_NAME, required=False)

    def __init__(
        self, data: Any = None, *, custom: Sequence[str] = (), user: User | None = None
    ) -> None:
        """Ask for the core attributes and the custom ones; a user's userName is fixed."""
        super().__init__(data, initial=initial_of(user) if user else None)
        for name in custom:
            self.fields[f"{CUSTOM}{name}"] = forms.CharField(
                label=name, max_length=LONGEST_VALUE, required=False
            )
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        if user:
            self._fix_user_name()

    def _fix_user_name(self) -> None:
        """Keep the userName as it is stored: nothing of it is trimmed or judged again."""
        self.fields["user_name"] = forms.CharField(
            label=self.fields["user_name"].label,
            help_text=_("It cannot be changed."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            disabled=True,
            strip=False,
        )

    @property
    def core(self) -> list[BoundField]:
        """Return the fields that every user has."""
        return [self[name] for name in self.fields if not name.startswith(CUSTOM)]

    @property
    def custom(self) -> list[BoundField]:
        """Return the fields of custom attributes."""
        return [self[name] for name in self.fields if name.startswith(CUSTOM)]


def initial_of(user: User) -> dict[str, str]:
    """Return what the form shows of a user."""
    core = {name: getattr(user, name) for name in UserForm.base_fields}
    return core | {f"{CUSTOM}{name}": value for name, value in user.custom.items()}


def filled_in(before: UserState, values: Mapping[str, str]) -> UserState:
    """Return the state after a form; attributes that it does not ask for stay as they are."""
    asked = {
        name.removeprefix(CUSTOM): text for name, text in values.items() if name.startswith(CUSTOM)
    }
    custom = {name: text for name, text in {**before.custom, **asked}.items() if text}
    return replace(
        before,
        user_name=values["user_name"],
        given_name=values.get("given_name", before.given_name),
        family_name=values.get("family_name", before.family_name),
        display_name=values.get("display_name", before.display_name),
        department=values.get("department", before.department),
        emails=_with_address(before, values.get("email", before.email)),
        custom=custom,
    )


def _with_address(before: UserState, address: str) -> tuple[Mapping[str, Any], ...]:
    """Return the addresses after the one that the portal shows was changed or taken away."""
    if address == before.email:
        return before.emails
    shown = next((email for email in before.emails if email.get("value") == before.email), None)
    others = tuple(email for email in before.emails if email is not shown)
    if not address:
        return others
    return ({**(shown or {"primary": True}), "value": address}, *others)


class ImportForm(forms.Form):
    """A CSV file of users; what is wrong in it is told by whoever reads it."""

    file = forms.FileField(
        label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )


def chosen_users(values: list[str]) -> frozenset[UUID]:
    """Return the ids of the users whose boxes are checked; what is no id was not on the page."""
    return frozenset(filter(None, map(_id, values)))


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
