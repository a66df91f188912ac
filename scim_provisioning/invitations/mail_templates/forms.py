"""What an administrator fills in of a mail template; the service judges it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scim_provisioning.invitations.mail_templates.drafts import LONGEST, Refused
from scim_provisioning.invitations.mail_templates.wording import FIELDS, Wording

LINE = {"autocomplete": "off"}
FILLED_IN = LINE | {"data-variables": ""}


class TemplateForm(forms.Form):
    """The words of a mail, and where a test goes."""

    subject = forms.CharField(label=_("Subject"), widget=forms.TextInput(attrs=FILLED_IN))
    html = forms.CharField(
        label=_("HTML Body"),
        strip=False,
        widget=forms.Textarea(
            attrs=FILLED_IN | {"rows": 18, "class": "source", "spellcheck": "false"}
        ),
        help_text=_(
            "What stands in the body of the mail; the portal adds the rest. Scripts, forms, style "
            "sheets and comments are refused."
        ),
    )
    text = forms.CharField(
        label=_("Text Body"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs=FILLED_IN | {"rows": 6, "class": "source"}),
        help_text=_("For readers without HTML. Leave it empty to have it made from the HTML."),
    )
    from_name = forms.CharField(
        label=_("From: Display Name"),
        required=False,
        widget=forms.TextInput(attrs=LINE),
        help_text=_("Leave it empty for the one of the invitation settings."),
    )
    reply_to = forms.CharField(
        label=_("Reply-To"),
        required=False,
        widget=forms.EmailInput(attrs=LINE),
        help_text=_("Leave it empty for the one of the invitation settings."),
    )
    test_address = forms.EmailField(
        label=_("Send a test mail to"), required=False, widget=forms.EmailInput(attrs=LINE)
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Let no field be longer than the service takes."""
        super().__init__(*arguments, **options)
        for name, longest in LONGEST.items():
            self.fields[name].widget.attrs["maxlength"] = longest

    def clean_html(self) -> str:
        """Return the HTML with the line ends of this world."""
        return _lines(self.cleaned_data["html"]).strip() + "\n"

    def clean_text(self) -> str:
        """Return the text with the line ends of this world."""
        return _lines(self.cleaned_data["text"]).strip()

    def wording(self) -> Wording:
        """Return what was typed into a valid form."""
        return Wording(**{field: self.cleaned_data[field] for field in FIELDS})

    def refuse(self, refusal: Refused) -> None:
        """Put each reason beside its field."""
        for field, reasons in refusal.reasons.items():
            self.add_error(field, ValidationError(reasons))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
