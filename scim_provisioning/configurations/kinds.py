"""The types of configurations and their fields, one declaration each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scim_provisioning.configurations.checks import email_address, server, ssid

MAX_PAIRS = 50
LONGEST_VALUE = 1000


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a type."""

    key: str
    """What is stored; never changes."""
    label: Promise
    variables: bool = False
    """Whether ``${variables}`` are filled in; elsewhere they are refused."""
    required: bool = True
    secret: bool = False
    """Write-only: stored, and shown as set or not set."""
    check: Callable[[str], str] | None = None
    """Returns why a value without variables is refused, else ""."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of configuration."""

    key: str
    label: Promise
    icon: str
    hint: Promise
    fields: tuple[Field, ...] = ()

    @property
    def is_pairs(self) -> bool:
        """Tell whether the administrator names the fields."""
        return not self.fields

    def field(self, key: str) -> Field:
        """Return a field; in a type of pairs, that of a pair's value."""
        return next((field for field in self.fields if field.key == key), PAIR_VALUE)


PAIR_VALUE = Field("value", _("Value"), variables=True, required=False)
USER_NAME = Field("user_name", _("User name"), variables=True, required=False)
SERVER = Field("server", _("Server"), check=server)

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "wifi",
            _("Wi-Fi"),
            "wifi",
            _("A wireless network, and who signs in to it."),
            (
                Field("ssid", _("SSID"), check=ssid),
                Field("identity", _("Identity"), variables=True, required=False),
                Field("password", _("Password"), required=False, secret=True),
            ),
        ),
        Kind(
            "email",
            _("E-mail"),
            "envelope",
            _("A mailbox on a server."),
            (
                Field("address", _("Address"), variables=True, check=email_address),
                USER_NAME,
                SERVER,
            ),
        ),
        Kind("vpn", _("VPN"), "lock-closed", _("A way into the network."), (SERVER, USER_NAME)),
        Kind("custom", _("Custom"), "code-bracket", _("Keys and values of your own.")),
    )
}


def kind_choices() -> list[tuple[str, str]]:
    """Return the types, in the reader's language."""
    return [(kind.key, str(kind.label)) for kind in KINDS.values()]
