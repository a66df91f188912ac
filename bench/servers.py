"""Servers to measure: this checkout's, on a database of their own that is thrown away."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mdm_portal.embedded import free_port
from mdm_portal.runtime import BASE, STATE

READY_SECONDS = 60


@contextmanager
def portal(data: Path) -> Iterator[dict[str, str]]:
    """Give the environment of a running ``manage.py up`` with an empty database."""
    command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "up"]
    process = subprocess.Popen(
        [*command, "--data", str(data), "--port", "0"], stdout=subprocess.DEVNULL
    )
    try:
        _await(lambda: (data / STATE).exists() and _is_ready(data))
        yield {**os.environ, "MDM_DATA": str(data), "PYTHONPATH": str(BASE)}
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def served(application: str, environment: dict[str, str]) -> Iterator[str]:
    """Give the target SCIM URL of an application on granian, one worker."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "4", "--workers-kill-timeout", "2"]
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
