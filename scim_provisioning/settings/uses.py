"""Who uses a custom attribute: the rooms above tell, so that this one need not know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal

from scim_provisioning.settings.models import CustomAttribute

uses_asked = Signal()
"""Sent with ``names``, registered ones; a receiver answers with ``{name: [Use, ...]}``."""


@dataclass(frozen=True, slots=True)
class Use:
    """Something that uses a custom attribute."""

    name: str
    address: str
    """Where its page is."""


def uses_of(names: Sequence[str]) -> dict[str, list[Use]]:
    """Return what uses each of some custom attributes."""
    uses: dict[str, list[Use]] = {name: [] for name in names}
    answers: Any = uses_asked.send(CustomAttribute, names=names)
    for _receiver, told in answers:
        for name, found in told.items():
            uses[name].extend(found)
    return uses
