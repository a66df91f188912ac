"""What an administrator fills in of the settings of invitations; the service judges it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scim_provisioning.invitations.options.options import LONGEST, RANGES, Options, Refused


def _number(label: Any, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=hint)


def _line(label: Any, hint: Any = "", kind: str = "text") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": kind})
    return forms.CharField(label=label, help_text=hint, required=False, widget=widget)


class OptionsForm(forms.Form):
    """One field for each setting."""

    reminders = forms.BooleanField(label=_("User Invite Reminders"), required=False)
    remind_after = _number(_("First reminder after (days)"))
    remind_every = _number(_("Then every (days)"))
    remind_most = _number(
        _("Reminders at most"), _("For each invitation, 30 at most. A new invitation starts anew.")
    )
    confirms = forms.BooleanField(
        label=_("Send a Registration Confirmation to users who accept"), required=False
    )
    enrolment_url = _line(
        _("Enrollment Address"),
        _("The next step after the registration: shown there as a link and as a QR code."),
        "url",
    )
    from_name = _line(_("From: Display Name"))
    from_address = _line(
        _("From: Address"),
        _("Leave it empty for the one that the server was set up with."),
        "email",
    )
    reply_to = _line(_("Reply-To"), kind="email")
    product_name = _line(_("Name of the product"))
    logo_url = _line(_("Address of the company's logo"), kind="url")
    website_label = _line(_("Name of the company's website"))
    mails_per_minute = _number(
        _("Mails a minute at most"), _("Over all workers. 0 means no limit.")
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Let no field be longer or larger than the service takes."""
        super().__init__(*arguments, **options)
        for name, longest in LONGEST.items():
            self.fields[name].widget.attrs["maxlength"] = longest
        for name, (least, most) in RANGES.items():
            self.fields[name].widget.attrs |= {"min": least, "max": most}

    def options(self) -> Options:
        """Return what was typed into a valid form."""
        return Options(**self.cleaned_data)

    def refuse(self, refusal: Refused) -> None:
        """Put each reason beside its field."""
        for field, reasons in refusal.reasons.items():
            self.add_error(field, ValidationError(reasons))
