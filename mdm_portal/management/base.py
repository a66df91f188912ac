"""What all commands of operators share: --data, --json, and one-line refusals."""

import getpass
import json
import sys
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.actors import Actor
from mdm_portal.management.output import STANDARD_OUTPUT
from mdm_portal.management.progress import Progress


class PortalCommand(BaseCommand):
    """A command that prints text for people and, with ``--json``, JSON for scripts.

    Subclasses write ``run(**options)``; the exceptions in ``refusals`` become one line and exit
    code 1.
    """

    refusals: ClassVar[tuple[type[Exception], ...]] = ()
    requires_system_checks = ()
    as_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options that every command has."""
        parser.add_argument(
            "--data", metavar="DIR", help="data directory of the running `up` (default: var)"
        )
        parser.add_argument("--json", action="store_true", help="print JSON for scripts")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Run the command, turning expected refusals into one line."""
        self.as_json = options["json"]
        try:
            self.run(**options)
        except self.refusals as error:
            raise CommandError(str(error)) from error

    def run(self, **options: Any) -> None:
        """Do the work."""
        raise NotImplementedError

    def emit(self, data: object, text: str) -> None:
        """Print ``data`` as JSON when asked for, else ``text``."""
        if self.as_json:
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str))
        else:
            self.stdout.write(text)

    def report(self, file: str, data: dict[str, object], text: str) -> None:
        """Tell what was written to a file; beside it, when it went to standard output."""
        if file != STANDARD_OUTPUT:
            self.emit(data, f"{file}: {text}")
        else:
            self.stderr.write(json.dumps(data, default=str) if self.as_json else text)

    @property
    def progress(self) -> Progress:
        """Return bars for whoever watches a terminal; none for scripts."""
        return Progress(shown=not self.as_json and sys.stderr.isatty())

    @property
    def actor(self) -> Actor:
        """Return the person at the command line, as the trail names them."""
        try:
            return Actor.operator(getpass.getuser())
        except (KeyError, OSError):
            return Actor.operator("operator")
