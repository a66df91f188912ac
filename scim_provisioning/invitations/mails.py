"""The mails of an invitation: text and HTML, in the user's language where it is known."""

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.translation import gettext as _

from scim_provisioning.invitations.links import link_to
from scim_provisioning.invitations.mail_templates.kinds import CONFIRMATION, INVITATION
from scim_provisioning.invitations.mail_templates.values import values_for
from scim_provisioning.invitations.mail_templates.wording import Wording, filled, wording_of
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.options.options import current
from scim_provisioning.invitations.senders import BY_MACHINE, domain_of, sender
from scim_provisioning.settings.languages import language_of


def compose(invitation: Invitation) -> EmailMultiAlternatives:
    """Return the mail that is due: the invitation, or what follows it.

    A second try is recognisable by the same Message-ID.
    """
    user, follow_up = invitation.user, invitation.follow_up
    language = language_of(user)
    kind = CONFIRMATION if follow_up == Invitation.CONFIRMATION else INVITATION
    values = values_for(user, link_to(invitation))
    message = written(wording_of(kind, language), values, language, user.email)
    message.extra_headers["Message-ID"] = _message_id(invitation)
    if follow_up == Invitation.REMINDER:
        with translation.override(language):
            message.subject = _("Reminder: %s") % message.subject
    return message


def written(
    wording: Wording, values: Mapping[str, str], language: str, address: str
) -> EmailMultiAlternatives:
    """Return a mail to an address, its variables filled in."""
    letter = filled(wording, values, language)
    from_email, reply_to = head(wording)
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        from_email=from_email,
        to=[address],
        reply_to=[reply_to] if reply_to else None,
        headers=dict(BY_MACHINE),
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def head(wording: Wording) -> tuple[str, str]:
    """Return sender and Reply-To: those of the template, else those of the settings."""
    options = current()
    name = wording.from_name or options.from_name
    return sender(name, options.from_address), wording.reply_to or options.reply_to


def _message_id(invitation: Invitation) -> str:
    """Return what tells a mail from all others, and its second try from nothing else."""
    parts = ["invitation", str(invitation.id), invitation.follow_up]
    if invitation.follow_up == Invitation.REMINDER:
        parts.append(str(invitation.reminders + 1))
    return f"<{'.'.join(filter(None, parts))}@{domain_of(settings.DEFAULT_FROM_EMAIL)}>"
