"""The mails whose words an administrator may change, one declaration each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

INVITATION, CONFIRMATION = "invitation", "confirmation"


@dataclass(frozen=True, slots=True)
class MailKind:
    """One mail."""

    key: str
    """What is stored; never changes."""
    label: Promise
    hint: Promise
    subject: Promise
    """The default subject; the default body is a file of templates/invitations/mail."""


MAIL_KINDS: dict[str, MailKind] = {
    kind.key: kind
    for kind in (
        MailKind(
            INVITATION,
            _("End User Invitation"),
            _("Invites a user to register; reminders repeat it."),
            _("You are invited to register for mobile device management"),
        ),
        MailKind(
            CONFIRMATION,
            _("Registration Confirmation"),
            _("Tells a user who has accepted the invitation what comes next."),
            _("You are registered for mobile device management"),
        ),
    )
}
