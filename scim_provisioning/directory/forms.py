"""What an administrator fills in about local users and groups."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 256


class GroupForm(forms.Form):
    """The name of a group; the service knows whether it is taken."""

    name = forms.CharField(
        label=_("User Group Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


def chosen_users(values: list[str]) -> frozenset[UUID]:
    """Return the ids of the users whose boxes are checked; what is no id was not on the page."""
    return frozenset(filter(None, map(_id, values)))


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
