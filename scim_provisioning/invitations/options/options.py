"""What an administrator sets for all invitations, and which values that may have."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from scim_provisioning.invitations.options.models import InvitationSettings
from scim_provisioning.invitations.senders import against_address, against_name

MOST_REMINDERS = 30
MOST_DAYS = 29
"""An invitation is open for 30 days."""
MOST_MAILS = 10_000
RANGES: dict[str, tuple[int, int]] = {
    "remind_after": (1, MOST_DAYS),
    "remind_every": (1, MOST_DAYS),
    "remind_most": (1, MOST_REMINDERS),
    "mails_per_minute": (0, MOST_MAILS),
}
LONGEST: dict[str, int] = {
    "enrolment_url": 500,
    "product_name": 100,
    "logo_url": 500,
    "website_label": 100,
    "from_name": 100,
    "from_address": 254,
    "reply_to": 254,
}
_ADDRESS = URLValidator(schemes=["https", "http"])


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of invitations; as made, the defaults."""

    reminders: bool = False
    remind_after: int = 7
    """Days from the invitation to the first reminder."""
    remind_every: int = 7
    """Days from one reminder to the next."""
    remind_most: int = 3
    """Reminders of one invitation."""
    confirms: bool = False
    """Whether who accepts gets a Registration Confirmation."""
    enrolment_url: str = ""
    """Where a device is enrolled: the step after the registration."""
    product_name: str = ""
    logo_url: str = ""
    website_label: str = ""
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    mails_per_minute: int = 120
    """Over all workers; 0 is no limit."""


FIELDS: tuple[str, ...] = tuple(Options.__dataclass_fields__)


class Refused(Exception):
    """Settings that may not be saved: the reasons of each field."""

    def __init__(self, reasons: dict[str, list[str]]) -> None:
        """Keep the reasons."""
        self.reasons = reasons
        super().__init__(" ".join(" ".join(sentences) for sentences in reasons.values()))


def current() -> Options:
    """Return the settings that hold now."""
    row = InvitationSettings.objects.first()
    return stored(row) if row else Options()


def stored(row: InvitationSettings) -> Options:
    """Return the settings of a row."""
    return Options(**{field: getattr(row, field) for field in FIELDS})


def check(options: Options) -> None:
    """Raise Refused with the reasons of each field that may not be so."""
    reasons = {field: _against(field, getattr(options, field)) for field in FIELDS}
    if found := {field: sentences for field, sentences in reasons.items() if sentences}:
        raise Refused(found)


def _against(field: str, value: object) -> list[str]:
    if isinstance(value, int) and field in RANGES:
        least, most = RANGES[field]
        wrong = _("Use a number from %(least)d to %(most)d.") % {"least": least, "most": most}
        return [] if least <= value <= most else [wrong]
    if not isinstance(value, str) or not value:
        return []
    if len(value) > LONGEST[field]:
        return [_("Use %d characters at most.") % LONGEST[field]]
    if field.endswith("_url"):
        return _against_url(value)
    return against_address(value) if field in ("from_address", "reply_to") else against_name(value)


def _against_url(address: str) -> list[str]:
    try:
        _ADDRESS(address)
    except ValidationError:
        return [_("Write a whole address that begins with https:// or http://.")]
    return []
