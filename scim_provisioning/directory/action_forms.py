"""What an administrator fills in before custom attributes or groups of many users change."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scim_provisioning.directory.filters import attribute_choices
from scim_provisioning.directory.forms import LONGEST_NAME, LONGEST_VALUE
from scim_provisioning.directory.selectors import SUGGESTED, local_group, local_groups

GROUP = "chosen_group"
OVERWRITE, WHEN_EMPTY = "overwrite", "when_empty"


class AttributeForm(forms.Form):
    """One of the registered custom attributes."""

    nothing_to_choose: ClassVar[Promise] = _(
        "No custom attribute is registered yet. "
        "Add one under Edit Settings of an identity provider."
    )
    name = forms.ChoiceField(label=_("Attribute Name"), choices=attribute_choices)

    @property
    def has_nothing_to_choose(self) -> bool:
        """Tell whether no attribute is registered."""
        return not attribute_choices()


class AssignForm(AttributeForm):
    """The attribute, its value, and whether values that are there stay."""

    value = forms.CharField(
        label=_("Value"),
        max_length=LONGEST_VALUE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter a value: an empty one is not assigned.")},
    )
    mode = forms.ChoiceField(
        label=_("When a user has a value already"),
        choices=[
            (WHEN_EMPTY, _("Only when empty: keep it")),
            (OVERWRITE, _("Overwrite always")),
        ],
        initial=WHEN_EMPTY,
        widget=forms.RadioSelect,
    )


class GroupChoiceForm(forms.Form):
    """One of the local groups: a list of them; where they are many, a box for the name of one.

    The list that the selection comes from has a filter named ``group``: the field is named apart.
    """

    nothing_to_choose: ClassVar[Promise] = _(
        "There is no local user group yet. Groups of identity providers are changed there alone."
    )
    way_out: ClassVar[tuple[str, Promise]] = ("user-group-add", _("Create New"))
    """The page that changes that, and the words of the way to it."""
    chosen_group = forms.ChoiceField(label=_("User Group"))

    def __init__(self, data: Any = None) -> None:
        """Ask for the group."""
        super().__init__(data)
        groups = list(local_groups()[: SUGGESTED + 1])
        self.has_nothing_to_choose = not groups
        self.suggestions = [name for _id, name in groups] if len(groups) > SUGGESTED else []
        """The first names, where not all can be listed."""
        if self.suggestions:
            widget = forms.TextInput(attrs={"list": "known-chosen-group", "autocomplete": "off"})
            self.fields[GROUP] = forms.CharField(
                label=_("User Group"),
                max_length=LONGEST_NAME,
                widget=widget,
                help_text=_("Enter the name of a local user group."),
            )
        else:
            self.fields[GROUP].choices = [("", _("Choose a user group")), *groups]  # type: ignore[attr-defined]

    def clean_chosen_group(self) -> UUID:
        """Return the id of the group."""
        chosen = self.cleaned_data[GROUP]
        if not self.suggestions:
            return UUID(chosen)
        if found := local_group(chosen):
            return found.pk
        raise ValidationError(_("There is no local user group of this name."))
