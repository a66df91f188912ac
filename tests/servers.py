"""A pytest plugin: a real PostgreSQL and a real Valkey for the suite, unless two are named.

Loaded with ``-p tests.servers``, for the settings are read before any conftest.py.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from mdm_portal.embedded import Server, launch_postgresql, launch_valkey
from mdm_portal.processes import stop

_running: list[Server] = []


def _start() -> None:
    """Start what is not named; workers of a parallel run share it, each with its own part."""
    os.environ.setdefault("SECRET_KEY", "only for tests " * 5)
    os.environ.setdefault("TOKEN_PEPPER", "only for tests")
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        _keep_apart(worker)
    if "MDM_TESTS" in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="mdm-tests-"))
    folder.chmod(0o711)
    os.environ["MDM_TESTS"] = str(folder)
    os.environ.setdefault("MDM_DATA", str(folder))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(_stop)
    launches = {"DATABASE_URL": launch_postgresql, "REDIS_URL": launch_valkey}
    for variable, launch in launches.items():
        if variable not in os.environ:
            data = folder / variable.removesuffix("_URL").lower()
            server = launch(data, data.with_suffix(".log"), durable=False)
            os.environ[variable] = server.url
            _running.append(server)
    for server in _running:
        server.await_ready()


def _keep_apart(worker: str) -> None:
    """Give a worker a Valkey database and a data directory of its own.

    Its PostgreSQL database is named by pytest-django.
    """
    broker = urlsplit(os.environ["REDIS_URL"])
    own = broker._replace(path=f"/{int(worker.removeprefix('gw')) + 1}")
    os.environ["REDIS_URL"] = own.geturl()
    os.environ["MDM_DATA"] = str(Path(os.environ["MDM_DATA"]) / worker)
    Path(os.environ["MDM_DATA"]).mkdir(mode=0o711, exist_ok=True)


def _stop() -> None:
    stop(_running, 4)
    _running.clear()


def pytest_unconfigure() -> None:
    """Stop what was started."""
    _stop()


_start()
