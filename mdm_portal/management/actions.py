"""Commands of several actions: ``manage.py scim_token list``."""

import argparse
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from mdm_portal.management.base import PortalCommand


class ActionCommand(PortalCommand):
    """A command whose first argument names a method: ``list`` runs ``on_list(options)``."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options that every command has, before or after the action."""
        super().add_arguments(parser)
        self._actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def add_action(self, name: str, words: str) -> CommandParser:
        """Return the parser of one action."""
        action: CommandParser = self._actions.add_parser(name, help=words, description=words)
        hidden = argparse.SUPPRESS
        action.add_argument("--data", metavar="DIR", default=hidden, help="data directory")
        action.add_argument("--json", action="store_true", default=hidden, help="print JSON")
        return action

    def run(self, **options: Any) -> None:
        """Do the chosen action."""
        getattr(self, f"on_{options['action']}")(options)

    def confirm(self, question: str, options: dict[str, Any]) -> None:
        """Ask before something that cannot be undone, unless ``--yes`` was given."""
        if options["yes"]:
            return
        if not sys.stdin.isatty():
            raise CommandError(f"{question} Nothing was done: add --yes to do it.")
        self.stderr.write(f"{question} [y/N] ", ending="")
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise CommandError("Nothing was done.")
