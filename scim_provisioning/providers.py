"""The identity providers that an administrator can choose, one declaration each.

A provider's tolerances towards its SCIM dialect live in ``scim/profiles``; its set-up guide is a
template named after its key.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Provider:
    """One identity provider (product decision 6)."""

    key: str
    """What is stored in tokens, users, groups and events."""
    name: str
    """The short name that labels carry: "SCIM Okta", "User Provisioning Okta"."""
    full_name: str
    """The name its own maker uses, for choices and guides."""

    @property
    def guide(self) -> str:
        """Return the template of the set-up guide."""
        return f"provisioning/guides/{self.key}.html"


PROVIDERS: dict[str, Provider] = {
    provider.key: provider
    for provider in (
        Provider("okta", "Okta", "Okta"),
        Provider("entra", "Entra ID", "Microsoft Entra ID"),
        Provider("onelogin", "OneLogin", "OneLogin"),
        Provider("pingone", "PingOne", "PingOne"),
        Provider("jumpcloud", "JumpCloud", "JumpCloud"),
        Provider("google", "Google Workspace", "Google Workspace"),
        Provider("other", "SCIM 2.0", "Other (SCIM 2.0)"),
    )
}

CHOICES: list[tuple[str, str]] = [
    (provider.key, provider.full_name) for provider in PROVIDERS.values()
]
SOURCES: list[str] = [LOCAL, *PROVIDERS]


def source_label(source: str) -> str:
    """Return the words of the Source column: "SCIM Okta", "SCIM Entra ID", "Local"."""
    if source == LOCAL:
        return _("Local")
    if source == "other":
        return "SCIM 2.0"
    return f"SCIM {PROVIDERS[source].name}"
