"""What every page of the portal is given."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from mdm_portal.portal.navigation import navigation
from mdm_portal.roles import SYSTEM, USERS, may

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français"}
"""Each by its own name, for those who read no other."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the navigation, the role's rights, the languages, and where to return from them."""
    user = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    code = (get_language() or "en").split("-")[0]
    return {
        "navigation": navigation(request),
        "may_change_users": is_known and may(user, USERS, write=True),
        "may_change_system": is_known and may(user, SYSTEM, write=True),
        "languages": LANGUAGES,
        "language_code": code,
        "language_name": LANGUAGES.get(code, code),
        "return_path": _return_path(request),
    }


def _return_path(request: HttpRequest) -> str:
    """Return an address that can be opened again, which that of a sent form may not be."""
    match = request.resolver_match
    if request.method == "GET" or (match and match.url_name == "sign-in"):
        return request.get_full_path()
    return reverse("home")
