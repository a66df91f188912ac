"""The side navigation, declared once."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mdm_portal.roles import SYSTEM, USERS, may


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation, or a heading over others."""

    label: Promise
    url_name: str = ""
    icon: str = ""
    children: tuple["Entry", ...] = ()
    below: tuple[str, ...] = ()
    """Names of pages that are reached from this one."""
    area: str = ""
    """The area of roles that it and its children belong to."""


@dataclass(frozen=True, slots=True)
class Node:
    """An entry as one page shows it."""

    label: Promise
    icon: str
    address: str
    current: str
    """``page`` for the page itself, ``true`` for one below it: the value of aria-current."""
    children: tuple["Node", ...]


USER_ACTIONS = (
    "invite",
    "enable",
    "disable",
    "join",
    "leave",
    "assign",
    "remove",
    "delete",
)
NAVIGATION: tuple[Entry, ...] = (
    Entry(_("Dashboard"), "dashboard", "home"),
    Entry(
        _("Users"),
        icon="users",
        area=USERS,
        children=(
            Entry(
                _("Users"),
                "users",
                below=(
                    "user",
                    "user-attributes",
                    "user-groups-of",
                    "user-invitations",
                    "user-invite",
                    "user-history",
                    *(f"users-{action}" for action in USER_ACTIONS),
                    "user-add",
                    "user-edit",
                    "user-disable",
                    "user-delete",
                    "user-erase",
                    "user-import",
                    "user-import-review",
                ),
            ),
            Entry(
                _("User Groups"),
                "user-groups",
                below=(
                    "user-group",
                    "user-group-add",
                    "user-group-rename",
                    "user-group-delete",
                    "user-group-add-members",
                ),
            ),
        ),
    ),
    Entry(_("Audit Trails"), "audit-trails", "clipboard-document-list", area=SYSTEM),
    Entry(
        _("Admin"),
        icon="cog-6-tooth",
        area=SYSTEM,
        children=(
            Entry(
                _("Identity"),
                children=(
                    Entry(
                        _("User Provisioning"),
                        "provisioning",
                        below=(
                            "provisioning-provider",
                            "provisioning-settings",
                            "custom-attribute-delete",
                            "token-generate",
                            "token-action",
                            "token-renew",
                            "token-remove",
                            "connection-test",
                        ),
                    ),
                    Entry(_("Invitation Settings"), "invitation-settings"),
                    Entry(_("Request Log"), "scim-requests", below=("scim-request",)),
                ),
            ),
            Entry(
                _("System"),
                children=(
                    Entry(_("Attributes"), "system-attributes", below=("system-attribute-delete",)),
                ),
            ),
            Entry(
                _("Branding"),
                children=(
                    Entry(
                        _("Email Templates"),
                        "email-templates",
                        below=("email-template", "email-template-revert"),
                    ),
                ),
            ),
            Entry(
                _("Configurations"),
                "configurations",
                below=(
                    "configuration",
                    "configuration-choose",
                    "configuration-new",
                    "configuration-edit",
                    "configuration-delete",
                    "configuration-preview",
                    "configuration-preview-of",
                    "configuration-users",
                ),
            ),
        ),
    ),
)


def navigation(request: HttpRequest) -> tuple[Node, ...]:
    """Return the navigation as the page of a request shows it."""
    match = request.resolver_match
    page = match.url_name if match and not match.namespace else None
    user = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    opened = [entry for entry in NAVIGATION if is_known and may(user, entry.area, write=False)]
    return _nodes(tuple(opened), page or "")


def _nodes(entries: tuple[Entry, ...], page: str) -> tuple[Node, ...]:
    """Return the entries that lead somewhere."""
    nodes = (_node(entry, page) for entry in entries)
    return tuple(node for node in nodes if node.address or node.children)


def _node(entry: Entry, page: str) -> Node:
    current = "page" if page == entry.url_name else "true" if page in entry.below else ""
    children = _nodes(entry.children, page)
    return Node(entry.label, entry.icon, _address(entry.url_name), current, children)


def _address(url_name: str) -> str:
    """Return a page's address, nothing for one that this portal does not have."""
    try:
        return reverse(url_name) if url_name else ""
    except NoReverseMatch:
        return ""
