"""A whole simulation: connect, provision, let time pass, and check what the server holds."""

import time
from dataclasses import dataclass

from mdm_portal.management.progress import Progress
from mdm_portal.simulator.check import Check, Tally, tally_of
from mdm_portal.simulator.churn import churned
from mdm_portal.simulator.cycle import provision
from mdm_portal.simulator.entra import Entra, EntraLegacy
from mdm_portal.simulator.okta import Okta
from mdm_portal.simulator.people import Company, company
from mdm_portal.simulator.provider import Provider

PROVIDERS: dict[str, type[Provider]] = {
    "okta": Okta,
    "entra": Entra,
    "entra-legacy": EntraLegacy,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be simulated."""

    users: int
    groups: int
    seed: int
    churn: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was sent, what came of it, and what differs."""

    provider: str
    url: str
    custom_attributes: tuple[str, ...]
    steps: dict[str, int]
    requests: dict[str, int]
    waits: int
    seconds: float
    pushed: Tally
    held: Tally
    differences: list[str]

    @property
    def is_good(self) -> bool:
        """Tell whether the server holds exactly what was pushed."""
        return not self.differences and self.pushed == self.held


def simulate(provider: Provider, plan: Plan, progress: Progress) -> Outcome:
    """Return the outcome of a simulation; raise SimulatorError when it cannot go on."""
    began = time.monotonic()
    provider.test_connection()
    custom = provider.custom_attributes()
    start = company(plan.users, plan.groups, seed=plan.seed, custom=custom)
    end = _provision(provider, start, plan, progress)
    requests, waits = dict(provider.client.requests), provider.client.waits
    seconds = time.monotonic() - began
    check = Check(provider, end)
    check.run([one for key, one in start.people.items() if key not in end.people], progress)
    return Outcome(
        provider=provider.name,
        url=provider.client.url,
        custom_attributes=custom,
        steps=dict(provider.done),
        requests=requests,
        waits=waits,
        seconds=round(seconds, 2),
        pushed=tally_of(end),
        held=check.held,
        differences=check.differences,
    )


def _provision(provider: Provider, start: Company, plan: Plan, progress: Progress) -> Company:
    """Run the first cycle and, with churn, the deltas after it; return the company at the end."""
    provision(provider, start, progress, "First cycle")
    end = start
    if plan.churn:
        for number, end in enumerate(churned(start, hard_delete=provider.hard_delete), start=1):
            provision(provider, end, progress, f"Delta {number}")
    return end
