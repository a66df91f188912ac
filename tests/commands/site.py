"""The suite's site as an operator has it: commands as processes, a worker, databases to break."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from mdm_portal.celery import app
from mdm_portal.runtime import BASE
from tests.scim.live import database_url
from tests.services import celery_worker

LONG_SECRETS = {
    "SECRET_KEY": "pYt0vC4yJ7m9ZkQ2xLr8Wn3TgHs6Bf1DuEaKiVoXcRzN5MjG",
    "TOKEN_PEPPER": "Qw7ErT9yUiO2pAs4DfG6hJk8LzXc1VbN3mMnBvCxZ0lKjHgF",
}


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a command on the database of the tests."""
    return {**os.environ, "DATABASE_URL": database_url(), **changes}


def operate(
    *arguments: object, stdin: str | None = None, **changes: str
) -> "subprocess.CompletedProcess[str]":
    """Return what a command did, run as an operator runs it."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", str(BASE / "manage.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        input=stdin,
        env=environment(**changes),
    )


def told(*arguments: object, **changes: str) -> Any:
    """Return the JSON that a command printed."""
    done = operate(*arguments, "--json", **changes)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@contextmanager
def worker() -> Iterator[None]:
    """Run a Celery worker without a schedule, from when it answers."""
    with celery_worker.worker("--concurrency", "1", "--loglevel", "ERROR"):
        end = time.monotonic() + 60
        while not app.control.inspect(timeout=1, limit=1).ping():
            assert time.monotonic() < end
        yield


@contextmanager
def empty_database(name: str, template: str = "template0") -> Iterator[str]:
    """Make a database on the suite's server, empty or a copy of another; give its address."""
    with psycopg.connect(database_url("postgres"), autocommit=True) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        link.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield database_url(name)
        finally:
            link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
