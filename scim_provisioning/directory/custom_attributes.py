"""Which custom attributes users may have: the settings, a room above, know and answer."""

from typing import Any

from django.dispatch import Signal

names_asked = Signal()
"""Sent without more; who keeps a registry returns the names, in their registered spelling."""


def custom_attribute_names() -> tuple[str, ...]:
    """Return the names of the registered custom attributes."""
    answers: list[tuple[Any, Any]] = names_asked.send(None)
    return tuple(name for _registry, names in answers for name in names)
