"""Servers to measure: this checkout's, on a database of their own that is thrown away."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mdm_portal.embedded import free_port
from mdm_portal.runtime import BASE, STATE
from mdm_portal.surroundings import PASSED_ON

READY_SECONDS = 180
OF_A_SITE = (
    *("MDM_DATA", "MDM_TESTS", "LOCAL_URL", "ALLOWED_HOSTS", "LOG_FORMAT"),
    *("PROMETHEUS_MULTIPROC_DIR", "DATABASE_POOL_TIMEOUT"),
)
ONE_WORKER = ("--workers", "1", "--blocking-threads", "4")


@contextmanager
def portal(data: Path) -> Iterator[dict[str, str]]:
    """Give the environment of a running ``manage.py up`` with an empty database."""
    command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "up"]
    command += ["--data", str(data), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=surroundings())
    try:
        _await(lambda: (data / STATE).exists() and _is_ready(data))
        yield {**surroundings(), "MDM_DATA": str(data), "PYTHONPATH": str(BASE)}
    finally:
        process.terminate()
        process.wait(30)


def surroundings() -> dict[str, str]:
    """Return an environment in which no server is named: nothing but our own is filled."""
    named = {given for name in (*PASSED_ON, *OF_A_SITE) for given in (name, f"{name}_FILE")}
    return {name: value for name, value in os.environ.items() if name not in named}


@contextmanager
def served(
    application: str, environment: dict[str, str], workers: Sequence[str] = ONE_WORKER
) -> Iterator[str]:
    """Give the target SCIM URL of an application on granian."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += [*workers, "--workers-kill-timeout", "2"]
    process = subprocess.Popen([*command, "--log-level", "error", application], env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(lambda: urllib.request.urlopen(f"{url}/healthz").status == 200)
        yield f"{url}/scim/v2"
    finally:
        process.terminate()
        process.wait(30)


def command(*arguments: str, environment: dict[str, str]) -> str:
    """Return what a command of manage.py printed."""
    line = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), *arguments]
    return subprocess.run(line, env=environment, check=True, capture_output=True, text=True).stdout


def _is_ready(data: Path) -> bool:
    """Tell whether the portal of a data directory serves."""
    found = json.loads((data / STATE).read_text())["environment"]["LOCAL_URL"]
    return int(urllib.request.urlopen(f"{found}/readyz").status) == 200


def _await(is_ready: object) -> None:
    """Wait until something is ready."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            if is_ready():  # type: ignore[operator]
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("The server did not start.")
