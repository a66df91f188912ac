"""``manage.py restore``: what ``backup`` wrote, in one transaction."""

import sys
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection

from mdm_portal import prepared
from mdm_portal.backups import BackupError, is_empty, refuse_foreign, restore
from mdm_portal.doctor.database import check_migrations
from mdm_portal.doctor.findings import FAILURE, OK, Finding
from mdm_portal.doctor.secrets import check_peppers
from mdm_portal.management.base import PortalCommand
from mdm_portal.postgresql_tools import NoTools, tools


class Command(PortalCommand):
    """Runs PostgreSQL's pg_restore, from the wheel or the system."""

    help = (
        "Put a file of `backup` into an empty database or, with --replace, in place of all that is "
        "there; whole or not at all. Stop portal and worker first."
    )
    refusals: ClassVar[tuple[type[Exception], ...]] = (BackupError,)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file and how sure the operator is."""
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path, help="what `backup` wrote")
        parser.add_argument(
            "--replace", action="store_true", help="delete all that is in the database now"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask before that")

    def run(self, **options: Any) -> None:
        """Check the file, replace the database, and say what is left to do."""
        file, replace = options["file"], not is_empty()
        try:
            found = tools(newest=True)
        except NoTools as error:
            raise CommandError(str(error), returncode=2) from error
        refuse_foreign(found, file)
        if replace:
            self._confirm(options)
        connection.close()
        with self.progress.phase("Bytes restored", None) as advance:
            restore(found, file, replace=replace, advance=advance)
        prepared.forget(Path(settings.DATA_DIR))
        left = [finding for finding in _findings() if finding.state != OK]
        data = {"file": str(file), "replaced": replace, "left": [one.as_json() for one in left]}
        lines = [f"{file} is restored.", *(f"{one.text} {one.advice}" for one in left)]
        self.emit(data, "\n".join(lines))

    def _confirm(self, options: dict[str, Any]) -> None:
        """Have the name of the database typed before all that is in it goes."""
        name = connection.settings_dict["NAME"]
        if not options["replace"]:
            raise CommandError(
                f"The database {name} is not empty, nothing was done: --replace deletes all that "
                "is in it."
            )
        if options["yes"]:
            return
        if not sys.stdin.isatty():
            raise CommandError("Nothing was done: add --yes to replace the database.")
        self.stderr.write(f"All that is in {name} will be deleted. Its name, to go on: ", ending="")
        if sys.stdin.readline().strip() != name:
            raise CommandError("That is not its name. Nothing was done.")


def _findings() -> list[Finding]:
    """Return whether code and secrets fit what was restored."""
    migrations = check_migrations()
    return [migrations] if migrations.state == FAILURE else [migrations, check_peppers()]
