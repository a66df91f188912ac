"""The mail server: does it answer, encrypt, and let us in? Nothing is sent."""

from email.utils import parseaddr
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core import mail

from mdm_portal.doctor.findings import Finding, failure, ok, warning
from scim_provisioning.invitations.post import words_of

PATIENCE = 5
SMTP = "django.core.mail.backends.smtp.EmailBackend"
NEAR = {"localhost", "127.0.0.1", "::1"}


def check_mail() -> Finding:
    """Go as far as a mail would: connect, EHLO, STARTTLS and login when they are set."""
    if settings.EMAIL_BACKEND != SMTP:
        kind = settings.EMAIL_BACKEND.split(".")[-2]
        return warning(
            f"Mails do not leave this machine (they go to: {kind}).",
            "Set EMAIL_URL, e.g. smtp+tls://user:password@host:587.",
        )
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    line: Any = mail.get_connection(timeout=PATIENCE)
    try:
        line.open()
        line.connection.ehlo_or_helo_if_needed()
        line.connection.noop()
    except (SMTPException, OSError) as error:
        return failure(
            f"{place}: {words_of(error)}", "Correct EMAIL_URL, or look at the mail server's log."
        )
    finally:
        line.close()
    return _judge_settings(place)


def _judge_settings(place: str) -> Finding:
    """Return what is unwise about settings that work."""
    encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if settings.EMAIL_HOST_USER and not encrypted and settings.EMAIL_HOST not in NEAR:
        return warning(
            f"{place} lets us in, but the password crosses the network in the clear.",
            "Use smtp+tls:// or smtp+ssl:// in EMAIL_URL.",
        )
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if sender.rpartition("@")[2] in {"localhost", ""}:
        return warning(
            f"{place} answers, but mails come from {sender or 'nobody'}.",
            "Set DEFAULT_FROM_EMAIL to an address of your domain.",
        )
    return ok(f"{place} answers" + (" and lets us in." if settings.EMAIL_HOST_USER else "."))
