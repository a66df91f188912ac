"""Whether what was typed can be what its field asks for: each returns why not, else ""."""

import re
from ipaddress import IPv6Address

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

LONGEST_SSID = 32
HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)*[^\W_](?:[\w-]{0,61}[^\W_])?\.?")
SERVER = re.compile(
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?"
)


def ssid(text: str) -> str:
    """Refuse what is longer than the name of a network can be."""
    if len(text.encode()) <= LONGEST_SSID:
        return ""
    return _("An SSID has at most %d bytes; a letter with an accent takes two.") % LONGEST_SSID


def email_address(text: str) -> str:
    """Refuse what is no e-mail address."""
    try:
        validate_email(text)
    except ValidationError:
        return _("Write an e-mail address, or a variable such as ${userEmailAddress}.")
    return ""


def server(text: str) -> str:
    """Refuse what is neither a name nor an address of a server, with a port or without."""
    found = SERVER.fullmatch(text)
    if found and _is_host(found) and 0 < int(found["port"] or 1) < 65536:
        return ""
    return _("Write the name or the address of a server, such as mail.example.com:993.")


def _is_host(found: re.Match[str]) -> bool:
    if found["host"]:
        return len(found["host"]) <= 253 and HOST.fullmatch(found["host"]) is not None
    try:
        IPv6Address(found["ipv6"])
    except ValueError:
        return False
    return True
