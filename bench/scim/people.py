"""Somebody new, any number of them."""

from typing import Any

from bench.population import FAMILY, GIVEN
from mdm_portal.simulator.entra import new_user
from mdm_portal.simulator.people import Person

GIVEN_NAMES, FAMILY_NAMES = GIVEN.split(), FAMILY.split()


def newcomer(number: int, run: str) -> dict[str, Any]:
    """Return a user as Entra ID sends them; a run has names of its own."""
    given = GIVEN_NAMES[number % len(GIVEN_NAMES)]
    family = FAMILY_NAMES[number // 7 % len(FAMILY_NAMES)]
    name = f"{family}{number}.{run}@ex.org".lower()
    return new_user(Person(number, name, f"{run}-{number}", given, family, name, "Sales"))
