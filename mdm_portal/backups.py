"""The whole database as one file of pg_dump, and back in one transaction."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.db import connection

from mdm_portal.postgresql_tools import Tools, surroundings

CHUNK = 256 * 1024
OURS = "TABLE public django_migrations"
"""A line in the table of contents that every backup of a portal has."""
LOCK_SECONDS = 15
WIPE = f"""
SET LOCAL lock_timeout = '{LOCK_SECONDS}s';
SET LOCAL client_min_messages = 'warning';
DO $$
DECLARE
    -- All names first: what is dropped along with something else has none any more.
    statements text[] := (
        SELECT array_agg(format('DROP %s IF EXISTS %s CASCADE', kind, name)) FROM (
            SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                       WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
                   oid::regclass::text AS name, oid, 'pg_class'::regclass AS class
            FROM pg_class WHERE relnamespace = 'public'::regnamespace
                AND relkind IN ('r', 'p', 'v', 'm', 'S')
            UNION ALL
            SELECT 'ROUTINE', oid::regprocedure::text, oid, 'pg_proc'::regclass
            FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        ) AS things
        WHERE NOT EXISTS (
            SELECT FROM pg_depend WHERE pg_depend.objid = things.oid
                AND pg_depend.classid = things.class AND deptype IN ('e', 'i', 'a')
        )
    );
    statement text;
BEGIN
    FOREACH statement IN ARRAY coalesce(statements, '{{}}') LOOP
        EXECUTE statement;
    END LOOP;
END $$;
"""  # noqa: S608
"""Drops what the portal made; an extension's things stay, a column's sequence goes with it."""
UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"


class BackupError(Exception):
    """What was refused or went wrong, with a sentence for the operator."""


def dump(tools: Tools, file: IO[bytes], advance: Callable[[int], None]) -> None:
    """Write a backup to a file; raise BackupError with pg_dump's words."""
    command = tools.command("pg_dump", "--format=custom", "--no-owner", "--no-privileges")
    with _started(command, stdin=subprocess.DEVNULL) as process:
        assert process.stdout  # noqa: S101 - for the type checker
        while chunk := process.stdout.read(CHUNK):
            file.write(chunk)
            advance(len(chunk))
        words = _words(process)
    if process.returncode:
        raise BackupError(f"pg_dump: {words}")


def is_empty() -> bool:
    """Tell whether there is no table that a restore would meet."""
    return not connection.introspection.table_names()


def refuse_foreign(tools: Tools, file: Path) -> None:
    """Raise BackupError unless a file is a backup of a portal."""
    if not file.is_file():
        raise BackupError(f"{file} is no file.")
    result = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        tools.command("pg_restore", "--list", file), capture_output=True, text=True, check=False
    )
    if result.returncode:
        reason = " ".join(result.stderr.split())[:300]
        raise BackupError(f"{file} is no backup: {reason}")
    if OURS not in result.stdout:
        raise BackupError(f"{file} is a backup of something else: it has no portal in it.")


def restore(tools: Tools, file: Path, *, replace: bool, advance: Callable[[int], None]) -> None:
    """Put a backup in place of what is there, whole or not at all; raise BackupError.

    COMMIT is sent when all of the file has been: whatever ends before, takes everything back.
    """
    options = ("--no-owner", "--no-privileges", "--no-comments", "--file=-")
    quiet = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-")
    with (
        _started(tools.command("pg_restore", *options, file), stdin=subprocess.DEVNULL) as reading,
        _started(tools.command("psql", *quiet), stdin=subprocess.PIPE) as writing,
    ):
        _pour(reading, writing, WIPE if replace else "", advance)
        wrong, damage = _words(writing), _words(reading)
    if reading.returncode > 0:
        raise BackupError(f"{file} is damaged, nothing was changed: {damage}")
    if writing.returncode:
        raise BackupError(f"Nothing was changed: {_advice(wrong)}")


def _pour(
    reading: "subprocess.Popen[bytes]",
    writing: "subprocess.Popen[bytes]",
    first: str,
    advance: Callable[[int], None],
) -> None:
    """Send the statements of a backup to the database, and COMMIT if those were all of them."""
    assert reading.stdout and writing.stdin  # noqa: S101 - for the type checker
    try:
        with writing.stdin as statements:
            statements.write(f"BEGIN;{first}".encode())
            chunk = reading.stdout.read(CHUNK).replace(UNKNOWN_BEFORE_17, b"", 1)
            while chunk:
                statements.write(chunk)
                advance(len(chunk))
                chunk = reading.stdout.read(CHUNK)
            if reading.wait() == 0:
                statements.write(b"COMMIT;\n")
    except BrokenPipeError:
        # psql stopped at an error, and says which.
        reading.kill()


def _started(command: list[str], *, stdin: int) -> "subprocess.Popen[bytes]":
    """Start a program; it keeps its complaints in a file, for a pipe may run full."""
    complaints = TemporaryFile()
    process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=complaints, env=surroundings()
    )
    process.stderr = complaints
    return process


def _words(process: "subprocess.Popen[bytes]") -> str:
    """Return what a program complained of, once it has ended."""
    assert process.stderr  # noqa: S101 - for the type checker
    process.wait()
    process.stderr.seek(0)
    words = process.stderr.read().decode("utf-8", "replace")
    return " ".join(words.split())[:500]


def _advice(words: str) -> str:
    """Return a complaint, with what to do where that is known."""
    if "lock timeout" in words:
        return "something uses the database. Stop portal and worker, then try again."
    return words
