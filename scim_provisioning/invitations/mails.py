"""The mails of an invitation: text and HTML, in the user's language where it is known."""

from collections.abc import Mapping
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from scim_provisioning.invitations.links import link_to
from scim_provisioning.invitations.mail_templates.kinds import INVITATION
from scim_provisioning.invitations.mail_templates.values import values_for
from scim_provisioning.invitations.mail_templates.wording import Wording, filled, wording_of
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.settings.languages import language_of


def compose(invitation: Invitation) -> EmailMultiAlternatives:
    """Return the mail; a second try is recognisable by the same Message-ID."""
    user = invitation.user
    language = language_of(user)
    message = written(
        wording_of(INVITATION, language),
        values_for(user, link_to(invitation)),
        language,
        user.email,
    )
    message.extra_headers["Message-ID"] = f"<invitation.{invitation.id}@{_domain()}>"
    return message


def written(
    wording: Wording, values: Mapping[str, str], language: str, address: str
) -> EmailMultiAlternatives:
    """Return a mail to an address, its variables filled in."""
    letter = filled(wording, values, language)
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        from_email=sender(wording),
        to=[address],
        reply_to=[wording.reply_to] if wording.reply_to else None,
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def sender(wording: Wording) -> str:
    """Return who a mail is from: the name of the template, else that of the settings."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((wording.from_name or name, address))


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
