"""The invitation as a mail: text and HTML, in the user's language where it is known."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from scim_provisioning.directory.models import User
from scim_provisioning.directory.text import fold
from scim_provisioning.invitations.links import link_to
from scim_provisioning.invitations.models import ANSWER_WITHIN, Invitation

LANGUAGE_ATTRIBUTES = ("preferredlanguage", "locale", "language")
"""Registered custom attributes that tell a language, folded."""


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


def language_of(user: User) -> str:
    """Return the language that a custom attribute of the user tells, else the default one."""
    told = {fold(name): value for name, value in user.custom.items()}
    for name in LANGUAGE_ATTRIBUTES:
        try:
            return translation.get_supported_language_variant(told.get(name, "").replace("_", "-"))
        except (LookupError, ValueError):
            continue
    return str(settings.LANGUAGE_CODE)


def _headers(invitation: Invitation) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return {
        "Message-ID": f"<invitation.{invitation.id}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
