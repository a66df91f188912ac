"""``manage.py bench``: how fast SCIM is here, beside what it could be and what others are."""

import json
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

# It is not where only what serves was installed, such as in the image.
IS_HERE = find_spec("bench") is not None
if IS_HERE:
    from bench.scim import command


class Command(BaseCommand):
    """Starts servers of its own, measures them in turn, throws their data away."""

    help = (
        "Measure SCIM: our service, bare views with hand-written SQL (the floor) and plain "
        "django-scim2, each operation on each in turn, on a PostgreSQL of their own."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what to measure."""
        if IS_HERE:
            command.add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print JSON for scripts")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Measure and print."""
        if not IS_HERE:
            raise CommandError("bench/ is not here: the benchmarks come with the source code.")
        data, text = command.run(options)
        self.stdout.write(json.dumps(data, indent=2) if options["json"] else text)
