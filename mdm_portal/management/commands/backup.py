"""``manage.py backup``: the whole database as one file."""

from typing import Any, ClassVar

from django.core.management.base import CommandError, CommandParser

from mdm_portal.backups import BackupError, dump
from mdm_portal.management.base import PortalCommand
from mdm_portal.management.output import new_file
from mdm_portal.postgresql_tools import NoTools, tools


class Command(PortalCommand):
    """Runs PostgreSQL's pg_dump, from the wheel or the system."""

    help = (
        "Write the whole database to a file that `restore` reads (pg_dump's custom format). "
        "SECRET_KEY and TOKEN_PEPPER are not in it: keep them apart."
    )
    refusals: ClassVar[tuple[type[Exception], ...]] = (BackupError,)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file."""
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", help="a new file; - for standard output")

    def run(self, **options: Any) -> None:
        """Write the backup and tell how large it is."""
        size = 0
        try:
            found = tools()
        except NoTools as error:
            raise CommandError(str(error), returncode=2) from error
        with (
            new_file(options["file"]) as file,
            self.progress.phase("Bytes written", None) as advance,
        ):

            def count(written: int) -> None:
                nonlocal size
                size += written
                advance(written)

            dump(found, file, count)
        data = {"file": options["file"], "bytes": size, "pg_dump": found.major}
        text = f"{size:,} bytes by pg_dump {found.major}. Keep SECRET_KEY and TOKEN_PEPPER apart."
        self.report(options["file"], data, text)
