"""Which IdPs invite automatically, remembered by each process for half a second.

Every user that an IdP creates asks this first: with the switch off it must cost next to nothing.
"""

import time

from scim_provisioning.settings.models import ProviderSettings

FRESH_SECONDS = 0.5
_remembered: tuple[float, frozenset[str]] = (0.0, frozenset())


def invites_automatically(provider: str) -> bool:
    """Tell whether users imported from this IdP are invited automatically."""
    global _remembered
    until, providers = _remembered
    if until < time.monotonic():
        rows = ProviderSettings.objects.filter(auto_invite=True)
        providers = frozenset(rows.values_list("provider", flat=True))
        _remembered = (time.monotonic() + FRESH_SECONDS, providers)
    return provider in providers


def forget() -> None:
    """Read the switches afresh next time."""
    global _remembered
    _remembered = (0.0, frozenset())
