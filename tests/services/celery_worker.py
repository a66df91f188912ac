"""A real Celery worker, without a clock, on the database of the tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mdm_portal.celery import app
from mdm_portal.runtime import BASE
from tests.scim.live import database_url


@contextmanager
def worker(*options: str, output: Any = None, **environment: str) -> Iterator[None]:
    """Run a worker until the block ends; it may write to a file."""
    command = [sys.executable, "-m", "celery", "-A", "mdm_portal", "worker", *options]
    variables = {**os.environ, "DATABASE_URL": database_url(), **environment}
    process = subprocess.Popen(
        command, cwd=BASE, env=variables, stdout=output, stderr=output, start_new_session=True
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def running_worker(log: Path, **environment: str) -> Iterator[None]:
    """Run a worker that writes to a log until the block ends."""
    app.control.purge()
    with log.open("ab") as output, worker("--concurrency", "1", output=output, **environment):
        yield


def awaited(log: Path, words: str, seconds: float = 60) -> list[str]:
    """Return the lines of a log once one of them has the words."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        lines = log.read_text().splitlines()
        if any(words in line for line in lines):
            return lines
        time.sleep(0.1)
    raise AssertionError(log.read_text())
