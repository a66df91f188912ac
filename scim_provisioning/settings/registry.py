"""The names of registered custom attributes, remembered by each process for half a second.

So a new attribute joins /Schemas at once on the process that registered it, and within half a
second on all others, and no request pays a statement for it twice in that time.
"""

import time

from mdm_portal.database.statements import Table
from scim_provisioning.settings.models import CustomAttribute

ATTRIBUTES = Table(CustomAttribute)
FRESH_SECONDS = 0.5
_remembered: tuple[float, tuple[str, ...]] = (0.0, ())


def custom_attribute_names() -> tuple[str, ...]:
    """Return the registered names, in their registered spelling."""
    global _remembered
    until, names = _remembered
    if until < time.monotonic():
        names = tuple(row.name for row in ATTRIBUTES.read("ORDER BY name_key", []))
        _remembered = (time.monotonic() + FRESH_SECONDS, names)
    return names


def forget() -> None:
    """Read the names afresh next time."""
    global _remembered
    _remembered = (0.0, ())
