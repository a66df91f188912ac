"""E-mails to administrators before a SCIM token expires (product decision 4), each sent once."""

import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from mdm_portal.roles import SYSTEM, may
from scim_provisioning.invitations.links import base_url
from scim_provisioning.invitations.post import Deferred, Post, Refused, Unreachable
from scim_provisioning.invitations.senders import BY_MACHINE, domain_of
from scim_provisioning.tokens.expiry import Warned, note_told, untold, warnings_due

logger = logging.getLogger(__name__)


def send() -> int:
    """Send the warnings that are due and were not sent yet; return how many left."""
    warnings = warnings_due()
    if not warnings:
        return 0
    people, post = recipients(), Post()
    if not people:
        logger.warning("A token expires soon, and no administrator has an e-mail address.")
    try:
        return sum(_send(post, warning, people) for warning in warnings)
    except Unreachable as error:
        logger.error("The mail server cannot be reached, warnings about tokens wait: %s", error)
        return 0
    finally:
        post.close()


def recipients() -> dict[str, str]:
    """Return the addresses, by id, of the administrators who may renew a token."""
    active = get_user_model().objects.filter(is_active=True).exclude(email="")
    return {str(user.pk): user.email for user in active if may(user, SYSTEM, write=True)}


def compose(warning: Warned, person: str, address: str) -> EmailMessage:
    """Return the mail to one administrator; in English, for their language is not known here."""
    token = warning.token
    page = reverse("provisioning-provider", args=[token.provider])
    context = {"token": token, "days": warning.days, "link": f"{base_url()}{page}"}
    with translation.override(settings.LANGUAGE_CODE):
        subject, body = (
            render_to_string(f"provisioning/mail/{name}.txt", context)
            for name in ("expiry_subject", "expiry_body")
        )
    return EmailMessage(
        " ".join(subject.split()), body, to=[address], headers=_headers(warning, person)
    )


def _send(post: Post, warning: Warned, people: dict[str, str]) -> int:
    """Warn those who were not warned yet; return how many were."""
    sent = 0
    for person in untold(warning, people):
        post.open()
        try:
            post.send(compose(warning, person, people[person]))
        except Deferred as error:
            logger.warning("A warning about token %s waits: %s", warning.token, error)
            continue
        except Refused as error:
            logger.error("A warning about token %s was refused: %s", warning.token, error)
        else:
            sent += 1
        note_told(warning, person)
    return sent


def _headers(warning: Warned, person: str) -> dict[str, str]:
    """Return what tells a second copy of the same mail, and that a machine sent it."""
    domain = domain_of(settings.DEFAULT_FROM_EMAIL)
    token = warning.token
    moment = int(warning.expires_at.timestamp())
    return {
        "Message-ID": f"<token.{token.id}.{moment}.{warning.days}.{person}@{domain}>",
        **BY_MACHINE,
    }
