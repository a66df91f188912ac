"""``manage.py simulate_idp``: a make-believe identity provider pushes people into a server."""

import argparse
import os
import shutil
import sys
from typing import Any, ClassVar

from django.core.management.base import CommandError, CommandParser

from mdm_portal import runtime
from mdm_portal.management.base import PortalCommand
from mdm_portal.simulator.client import ScimClient
from mdm_portal.simulator.errors import SimulatorError
from mdm_portal.simulator.people import DEFAULT_SEED
from mdm_portal.simulator.report import as_json, as_text
from mdm_portal.simulator.simulation import PROVIDERS, Plan, simulate


class Command(PortalCommand):
    """Plays a provisioning cycle over HTTP, reads everything back, exits 1 if anything differs."""

    help = (
        "Play a provisioning cycle as Okta or Entra ID does it, over HTTP, then read back what "
        "the server holds and compare."
    )
    refusals: ClassVar[tuple[type[Exception], ...]] = (SimulatorError,)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what to simulate and where."""
        super().add_arguments(parser)
        parser.add_argument("idp", choices=sorted(PROVIDERS), help="whom to play")
        parser.add_argument("--url", help="target SCIM URL (default: that of the running `up`)")
        parser.add_argument("--token", help="SCIM token (default: SCIM_TOKEN in the environment)")
        parser.add_argument("--users", type=_count, default=20, help="how many people (20)")
        parser.add_argument("--groups", type=_count, default=3, help="how many groups (3)")
        parser.add_argument(
            "--churn", action="store_true", help="let people change, leave, return; rename groups"
        )
        parser.add_argument(
            "--seed", type=int, default=DEFAULT_SEED, help="another company (default: 1)"
        )

    def run(self, **options: Any) -> None:
        """Simulate and report."""
        provider = PROVIDERS[options["idp"]]
        plan = Plan(options["users"], options["groups"], options["seed"], options["churn"])
        url, token = options["url"] or _running_url(), options["token"] or _token()
        with ScimClient(url, token, user_agent=provider.user_agent) as client:
            try:
                outcome = simulate(provider(client), plan, self.progress)
            except KeyboardInterrupt as stop:
                raise CommandError("Stopped; what was pushed until now stays.") from stop
        width = min(shutil.get_terminal_size((100, 24)).columns, 120)
        text = as_text(outcome, width=width, colour=self.stdout.isatty())
        self.emit(as_json(outcome), text)
        if not outcome.is_good:
            sys.exit(1)


def _count(text: str) -> int:
    """Return a number of people or groups."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _token() -> str:
    """Return the token that the environment holds."""
    token = os.environ.get("SCIM_TOKEN", "").strip()
    if not token:
        raise SimulatorError(
            "No token: generate one under Admin > Identity > User Provisioning (or with "
            "`manage.py scim_token generate`), then pass it with --token or in SCIM_TOKEN."
        )
    return token


def _running_url() -> str:
    """Return the target SCIM URL of the running ``up``."""
    state = runtime.state(runtime.data_directory()) or {}
    site = state.get("environment", {}).get("LOCAL_URL", "")
    if not site:
        raise SimulatorError(
            "No portal runs with this data directory: start `manage.py up`, or name the target "
            "SCIM URL with --url."
        )
    return f"{site}/scim/v2"
