"""What every page of the portal is given."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from mdm_portal.portal.navigation import NAVIGATION, current_name


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the navigation, the page's place in it, and the languages by their own names."""
    name = current_name(request)
    return {
        "navigation": [(entry, _state(entry, name)) for entry in NAVIGATION],
        "current_page": name,
        "language_names": {"en": "English", "es": "Español", "fr": "Français"},
        "language_codes": [code for code, _label in settings.LANGUAGES],
    }


def _state(entry: Any, name: str) -> bool:
    """Tell whether the page is the entry's, or one of its children's."""
    return entry.is_current(name) or any(_state(child, name) for child in entry.children)
