"""The invitation as a mail: text and HTML, in the user's language where it is known."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from scim_provisioning.invitations.links import link_to
from scim_provisioning.invitations.models import ANSWER_WITHIN, Invitation
from scim_provisioning.settings.languages import language_of


def compose(invitation: Invitation) -> EmailMultiAlternatives:
    """Return the mail; a second try is recognisable by the same Message-ID."""
    with translation.override(language_of(invitation.user)):
        context = {
            "user": invitation.user,
            "link": link_to(invitation),
            "days": ANSWER_WITHIN.days,
            "language": translation.get_language(),
        }
        subject, text, html = (
            render_to_string(f"invitations/mail/{name}", context)
            for name in ("subject.txt", "body.txt", "body.html")
        )
    message = EmailMultiAlternatives(
        " ".join(subject.split()), text, to=[invitation.user.email], headers=_headers(invitation)
    )
    message.attach_alternative(html, "text/html")
    return message


def _headers(invitation: Invitation) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return {
        "Message-ID": f"<invitation.{invitation.id}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
