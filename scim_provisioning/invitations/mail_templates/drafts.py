"""Whether the words that an administrator typed may be saved or sent."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from scim_provisioning.invitations.mail_templates import markup
from scim_provisioning.invitations.mail_templates.values import FILLED, samples
from scim_provisioning.invitations.mail_templates.wording import Wording
from scim_provisioning.invitations.senders import against_address, against_name
from scim_provisioning.settings.substitution import TextError, used_variables

LONGEST: dict[str, int] = {
    "subject": 200,
    "html": 60_000,
    "text": 30_000,
    "from_name": 100,
    "reply_to": 254,
}
REQUIRED = ("subject", "html")
WITH_VARIABLES = ("subject", "html", "text")


class Refused(Exception):
    """Words that may not be saved: the reasons of each field."""

    def __init__(self, reasons: Mapping[str, list[str]]) -> None:
        """Keep the reasons."""
        self.reasons = dict(reasons)
        super().__init__(" ".join(" ".join(sentences) for sentences in self.reasons.values()))


def checked(wording: Wording, language: str, custom_attributes: Collection[str]) -> list[str]:
    """Return the names of the variables that the words use; raise Refused."""
    reasons: dict[str, list[str]] = {}
    used: set[str] = set()
    for field in LONGEST:
        text = getattr(wording, field)
        found = _against_length(field, text)
        if field in WITH_VARIABLES and not found:
            try:
                used.update(used_variables(text, [*FILLED, *custom_attributes]))
            except TextError as error:
                found = [str(error)]
        if found := found or _against(field, text, language):
            reasons[field] = found
    if reasons:
        raise Refused(reasons)
    return sorted(used)


def _against(field: str, text: str, language: str) -> list[str]:
    """Return what else is wrong with a field whose variables and length are right."""
    if field == "html":
        return markup.reasons_against(text, samples(language))
    if field == "reply_to" and text:
        return against_address(text)
    if field == "from_name":
        return against_name(text)
    return []


def _against_length(field: str, text: str) -> list[str]:
    if field in REQUIRED and not text.strip():
        return [_("This field is required.")]
    if len(text) > LONGEST[field]:
        return [_("Use %d characters at most.") % LONGEST[field]]
    return [_("Null characters are not allowed.")] if "\0" in text else []
