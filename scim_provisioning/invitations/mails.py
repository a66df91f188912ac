"""The invitation as a mail: text and HTML, in the user's language where it is known."""

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from scim_provisioning.directory.models import User
from scim_provisioning.invitations.links import link_to
from scim_provisioning.invitations.models import ANSWER_WITHIN, Invitation
from scim_provisioning.settings.languages import language_of


@dataclass(frozen=True, slots=True)
class Letter:
    """What a user reads, whoever shows it."""

    language: str
    subject: str
    text: str
    html: str


def compose(invitation: Invitation) -> EmailMultiAlternatives:
    """Return the mail; a second try is recognisable by the same Message-ID."""
    letter = write(invitation.user, link_to(invitation))
    message = EmailMultiAlternatives(
        letter.subject, letter.text, to=[invitation.user.email], headers=_headers(invitation)
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def write(user: User, link: str) -> Letter:
    """Return the letter to a user, with the link that is to be opened."""
    language = language_of(user)
    with translation.override(language):
        context = {
            "user": user,
            "link": link,
            "days": ANSWER_WITHIN.days,
            "language": translation.get_language(),
        }
        subject, text, html = (
            render_to_string(f"invitations/mail/{name}", context)
            for name in ("subject.txt", "body.txt", "body.html")
        )
    return Letter(language, " ".join(subject.split()), text, html)


def _headers(invitation: Invitation) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return {
        "Message-ID": f"<invitation.{invitation.id}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
