"""Values before and after, in words that an administrator reads."""

from typing import Any

from django.utils.translation import gettext as _

NOTHING = "–"


def readable(value: Any) -> str:
    """Return a JSON value as text: lists by their elements, objects by their main value."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if value is True:
        return _("Yes")
    if value is False:
        return _("No")
    if isinstance(value, list):
        return ", ".join(readable(item) for item in value)
    if isinstance(value, dict):
        main = value.get("value")
        others = [str(item) for key, item in value.items() if key == "type"]
        return f"{main} ({', '.join(others)})" if others else str(main or value)
    return str(value)
