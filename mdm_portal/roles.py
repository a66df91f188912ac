"""What an administrator may see and change: four roles over two areas.

A role is a Django group of the same key; a superuser may do everything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mdm_portal.portal.purpose import CHANGING, PERSONAL, purpose_of

USERS, SYSTEM, EVERYBODY = "users", "system", ""
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Role:
    """One role."""

    key: str
    label: Promise
    reads: frozenset[str]
    writes: frozenset[str] = frozenset()


ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role(
            "system-management",
            _("System Management"),
            frozenset({USERS, SYSTEM}),
            frozenset({USERS, SYSTEM}),
        ),
        Role("system-read-only", _("System Read Only"), frozenset({USERS, SYSTEM})),
        Role("user-management", _("User Management"), frozenset({USERS}), frozenset({USERS})),
        Role("user-read-only", _("User Read Only"), frozenset({USERS})),
    )
}

AREAS: dict[str, str] = {
    "scim_provisioning.invitations.pages": EVERYBODY,
    "scim_provisioning.directory": USERS,
    "scim_provisioning.invitations.mail_templates": SYSTEM,
    "scim_provisioning.invitations.options": SYSTEM,
    "scim_provisioning.invitations": USERS,
    "scim_provisioning.settings.user_attributes": USERS,
    "mdm_portal.portal.connection_test": SYSTEM,
    "scim_provisioning": SYSTEM,
    "audit": SYSTEM,
}
"""The area of the pages in a room; the first that fits counts. The shell belongs to everybody."""


def area_of(view: Callable[..., Any]) -> str:
    """Return the area that a page belongs to."""
    module = view.__module__
    return next(
        (area for room, area in AREAS.items() if f"{module}.".startswith(f"{room}.")),
        EVERYBODY,
    )


def may(user: Any, area: str, *, write: bool) -> bool:
    """Tell whether an administrator may read, or change, what belongs to an area."""
    if area == EVERYBODY or user.is_superuser:
        return True
    return any(area in (role.writes if write else role.reads) for role in _held_by(user))


def check(request: HttpRequest, view: Callable[..., Any]) -> None:
    """Raise PermissionDenied unless the administrator may do what the request does."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return
    if not may(user, area_of(view), write=_writes(request, view)):
        raise PermissionDenied


class RoleMiddleware:
    """Opens to an administrator only what the role allows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Go on with ``get_response``."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; the page is checked once it is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any
    ) -> None:
        """Raise PermissionDenied for a page that the role does not open."""
        check(request, view)


def _writes(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Tell whether a request changes something, or asks for a page that does nothing else."""
    purpose = purpose_of(view)
    return purpose == CHANGING or (purpose != PERSONAL and request.method not in READING)


def labels(user: Any) -> list[str]:
    """Return the names of an administrator's roles."""
    return [str(role.label) for role in _held_by(user)]


def _held_by(user: Any) -> list[Role]:
    """Return an administrator's roles."""
    return [ROLES[key] for key in _keys_of(user) if key in ROLES]


def _keys_of(user: Any) -> list[str]:
    """Return the keys of an administrator's roles, read once a request."""
    if not hasattr(user, "role_keys"):
        user.role_keys = list(user.groups.values_list("name", flat=True))
    keys: list[str] = user.role_keys
    return keys
