"""The site as it runs in production: granian, two workers, on the database of the tests."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.db import connection

from mdm_portal.embedded import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 60


@contextmanager
def served(log: Path, workers: int = 2, **more: str) -> Iterator[str]:
    """Give the target SCIM URL of a server that runs until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(workers), "--blocking-threads", "4"]
    command += ["--workers-kill-timeout", "2", "mdm_portal.wsgi:application"]
    environment = {**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT), **more}
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}/scim/v2"
    try:
        _await(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def database_url(name: str = "") -> str:
    """Return the address of the tests' database, or of another one on the same server."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    found = urlunsplit(parts._replace(path=f"/{name or connection.settings_dict['NAME']}"))
    # Without a host (a socket in the query), urlunsplit leaves the empty authority out.
    return found if parts.netloc else found.replace(f"{parts.scheme}:/", f"{parts.scheme}:///", 1)


def _await(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{url}/Users", timeout=5).status_code == 401:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace")[-4000:])
