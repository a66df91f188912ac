"""The side navigation, declared once."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation, or a heading over others."""

    label: Promise
    url_name: str = ""
    icon: str = ""
    children: tuple["Entry", ...] = ()
    belonging: tuple[str, ...] = ()
    """Names of pages below this one."""

    def is_current(self, url_name: str) -> bool:
        """Tell whether the page is this entry's own or below it."""
        return url_name == self.url_name or url_name in self.belonging


NAVIGATION: tuple[Entry, ...] = (
    Entry(
        _("Users"),
        "users",
        "users",
        belonging=("user", "user-attributes", "user-groups-of"),
    ),
    Entry(_("User Groups"), "user-groups", "user-group", belonging=("user-group",)),
    Entry(_("Audit Trails"), "audit-trails", "clipboard-document-list"),
    Entry(
        _("Admin"),
        icon="cog-6-tooth",
        children=(
            Entry(
                _("Identity"),
                children=(
                    Entry(
                        _("User Provisioning"),
                        "provisioning",
                        belonging=(
                            "provisioning-provider",
                            "provisioning-settings",
                            "custom-attribute-delete",
                            "token-generate",
                            "token-renew",
                            "token-remove",
                        ),
                    ),
                ),
            ),
        ),
    ),
)


def current_name(request: HttpRequest) -> str:
    """Return the name of the page that a request is for."""
    match = request.resolver_match
    return (match.url_name or "") if match else ""
