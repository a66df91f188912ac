"""A pytest plugin: a real PostgreSQL and a real Valkey for the suite, unless two are named.

Loaded with ``-p tests.servers``, for the settings are read before any conftest.py.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from mdm_portal.embedded import Server, start_postgresql, start_valkey

_running: list[Server] = []


def _start() -> None:
    folder = Path(tempfile.mkdtemp(prefix="mdm-tests-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(_stop)
    os.environ.setdefault("MDM_DATA", str(folder))
    os.environ.setdefault("SECRET_KEY", "only for tests " * 5)
    os.environ.setdefault("TOKEN_PEPPER", "only for tests")
    if "DATABASE_URL" not in os.environ:
        _running.append(start_postgresql(folder / "db", folder / "db.log", durable=False))
        os.environ["DATABASE_URL"] = _running[-1].url
    if "REDIS_URL" not in os.environ:
        _running.append(start_valkey(folder / "valkey", folder / "valkey.log", durable=False))
        os.environ["REDIS_URL"] = _running[-1].url


def _stop() -> None:
    while _running:
        _running.pop().stop()


def pytest_unconfigure() -> None:
    """Stop what was started."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _stop()


_start()
