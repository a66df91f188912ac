"""What an administrator fills in before custom attributes of many users change."""

from django import forms
from django.utils.translation import gettext_lazy as _

from scim_provisioning.directory.filters import attribute_choices
from scim_provisioning.directory.forms import LONGEST_VALUE

OVERWRITE, WHEN_EMPTY = "overwrite", "when_empty"


class AttributeForm(forms.Form):
    """One of the registered custom attributes."""

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
