"""``manage.py import_directory``: what ``export_directory`` wrote, checked as a whole, applied."""

from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandParser

from mdm_portal.management.base import PortalCommand
from mdm_portal.transfer.applying import apply
from mdm_portal.transfer.checking import Outlook, check
from mdm_portal.transfer.reading import TransferError, open_directory
from mdm_portal.transfer.records import GROUP, USER


class Command(PortalCommand):
    """Checks a file line by line, then applies it in batches; ids and dates stay."""

    help = (
        "Read a file of `export_directory`. All of it is checked before anything is applied; an "
        "import that was interrupted goes on with --resume. Nobody is invited by it."
    )
    refusals: ClassVar[tuple[type[Exception], ...]] = (TransferError,)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file and how far to go."""
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path, help="what `export_directory` wrote")
        parser.add_argument("--check", action="store_true", help="only check, apply nothing")
        parser.add_argument(
            "--resume",
            action="store_true",
            help="go on: users and groups that are here already, by id, are left as they are",
        )

    def run(self, **options: Any) -> None:
        """Check the file; apply it unless only the check was asked for."""
        file = open_directory(options["file"])
        with self.progress.phase("Checking", file.total) as advance:
            outlook = check(file, resume=options["resume"], advance=advance)
        if options["check"]:
            self._tell_outlook(outlook)
            return
        with self.progress.phase("Applying", file.total) as advance:
            made = apply(file, actor=self.actor, advance=advance)
        rest = {kind: count - made[kind] for kind, count in file.counts.items()}
        words = ", ".join(
            f"{kind} {made[kind]}" + (f" ({rest[kind]} were here)" if rest[kind] else "")
            for kind in file.counts
        )
        self.emit({"created": made, "present": rest}, f"Imported: {words}")

    def _tell_outlook(self, outlook: Outlook) -> None:
        """Say what the file would do."""
        data = {"sound": True, "new": outlook.new, "present": outlook.present}
        self.emit(
            data,
            f"The file is sound. New: {outlook.new[USER]} users, {outlook.new[GROUP]} groups; here "
            f"already: {outlook.present[USER]} users, {outlook.present[GROUP]} groups.",
        )
