"""What an administrator may fill in about the way the trail is shown."""

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.columns import COLUMNS


def column_choices() -> list[tuple[str, str]]:
    """Return the columns, in the reader's language."""
    return [(column.key, str(column.label)) for column in COLUMNS]


class ColumnsForm(forms.Form):
    """Customize columns."""

    columns = forms.MultipleChoiceField(
        label=_("Customize columns"),
        choices=column_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one column.")},
    )


class SaveQueryForm(forms.Form):
    """The name of a set of filters."""

    name = forms.CharField(label=_("Save these filters as"), max_length=100)

    def clean_name(self) -> str:
        """Return the name without needless white space."""
        return " ".join(self.cleaned_data["name"].split())


class DeleteQueryForm(forms.Form):
    """Which saved query shall go."""

    query = forms.IntegerField(min_value=1, max_value=2**63 - 1)
