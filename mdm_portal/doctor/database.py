"""PostgreSQL: whether it answers, is new enough, is migrated, and has the same time as we."""

from datetime import UTC, datetime, timedelta

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from mdm_portal.doctor.findings import Finding, failure, ok, warning

OLDEST_MAJOR = 15
CONNECT_SECONDS = 5
NAMED = 3
SLIGHT, LARGE = timedelta(seconds=2), timedelta(seconds=30)


def check_server() -> Finding:
    """Connect, past the pool, whose only word of a server that is out is that time has run out."""
    parameters = connection.get_connection_params()
    try:
        with psycopg.connect(**{**parameters, "connect_timeout": CONNECT_SECONDS}) as link:
            version = link.info.server_version
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        return failure(
            f"PostgreSQL does not answer: {reason}",
            "Start it, or correct DATABASE_URL (host, port, user, password, name).",
        )
    major, minor = divmod(version, 10000)
    if major < OLDEST_MAJOR:
        return failure(
            f"PostgreSQL {major}.{minor} is too old.", f"Upgrade it to {OLDEST_MAJOR} or newer."
        )
    return ok(f"PostgreSQL {major}.{minor} answers.")


def check_extension() -> Finding:
    """Look for pg_trgm, which the search of users is built on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(installed_version IS NOT NULL) FROM pg_available_extensions "
            "WHERE name = 'pg_trgm'"
        )
        installed = cursor.fetchone()[0]
    if installed:
        return ok("pg_trgm is there.")
    if installed is None:
        return failure(
            "The server does not have pg_trgm.", "Install PostgreSQL's contrib package on it."
        )
    return failure(
        "pg_trgm is not created in this database.",
        "Run `CREATE EXTENSION pg_trgm` in it, as its owner.",
    )


def check_migrations() -> Finding:
    """Compare the migrations of the code with those applied."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations)
    missing = sorted(set(loader.graph.nodes) - applied)
    if missing:
        return failure(
            f"Not applied yet: {_named(missing)}.", "Run `manage.py prepare`, then restart."
        )
    ours = {app for app, _name in loader.graph.nodes}
    unknown = sorted(key for key in applied - set(loader.disk_migrations) if key[0] in ours)
    if unknown:
        return warning(
            f"The database is newer than this code: {_named(unknown)}.",
            "Install the release that the database was prepared for.",
        )
    return ok(f"All {len(applied)} are applied.")


def check_clock() -> Finding:
    """Compare this machine's clock with the database's: tokens expire by the one or the other."""
    before = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    after = datetime.now(UTC)
    return judge_clock(before, theirs, after)


def judge_clock(before: datetime, theirs: datetime, after: datetime) -> Finding:
    """Return what a clock says that was read between two readings of ours."""
    off = max(before - theirs, theirs - after, timedelta())
    if off < SLIGHT:
        return ok("This machine and the database agree.")
    words = f"This machine and the database are {off.total_seconds():.0f} seconds apart."
    advice = "Let both follow a time server (NTP): `timedatectl status` tells."
    return failure(words, advice) if off >= LARGE else warning(words, advice)


def _named(migrations: list[tuple[str, str]]) -> str:
    """Return the first names, and how many more there are."""
    names = [f"{app} {name}" for app, name in migrations]
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
