"""``manage.py export_directory``: users, groups, memberships, custom attributes as JSON lines."""

from typing import Any

from django.core.management.base import CommandParser

from mdm_portal.management.base import PortalCommand
from mdm_portal.management.output import STANDARD_OUTPUT, new_file
from mdm_portal.transfer.export import directory_rows, line

TOLD_EVERY = 500


class Command(PortalCommand):
    """Writes the directory as of one moment, to a file or to standard output."""

    help = (
        "Write users (deprovisioned ones too), groups, memberships and custom attributes as JSON "
        "lines that `import_directory` reads."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file."""
        super().add_arguments(parser)
        parser.add_argument(
            "file",
            nargs="?",
            default=STANDARD_OUTPUT,
            metavar="FILE",
            help="a new file (default: standard output; what was done is then told on stderr)",
        )

    def run(self, **options: Any) -> None:
        """Write the file and tell how much it holds."""
        rows = directory_rows()
        kind, header = next(rows)
        counts = header["counts"]
        with (
            new_file(options["file"]) as file,
            self.progress.phase("Exporting", sum(counts.values())) as advance,
        ):
            file.write(line(kind, header))
            for number, (kind, values) in enumerate(rows, start=1):
                file.write(line(kind, values))
                if number % TOLD_EVERY == 0:
                    advance(TOLD_EVERY)
        words = ", ".join(f"{name} {count}" for name, count in counts.items())
        self.report(options["file"], {"file": options["file"], **counts}, words)
