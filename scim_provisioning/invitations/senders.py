"""Who a mail is from: the name and the address, and whether they may be that."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

BY_MACHINE = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
"""The headers that keep absence notes from answering (RFC 3834)."""


def sender(name: str, address: str) -> str:
    """Return a sender; what is empty is as the server was set up."""
    known_name, known_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or known_name, address or known_address))


def domain_of(sender: str) -> str:
    """Return the domain that a sender belongs to."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def against_name(text: str) -> list[str]:
    """Return why something cannot be the name of a sender."""
    if "${" in text:
        return [_("Variables are not filled in here.")]
    return [] if text.isprintable() else [_("Write it in one line.")]


def against_address(text: str) -> list[str]:
    """Return why something is no e-mail address."""
    try:
        text.encode("ascii")
        validate_email(text)
    except (ValidationError, UnicodeEncodeError):
        return [_("“%s” is not an e-mail address.") % text]
    return []
