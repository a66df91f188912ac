"""A reload as systemd does it, while identity providers push: no request fails.

A worker that ends may close a connection whose request it has not read. nginx repeats that request
(deploy/nginx.conf, ``proxy_next_upstream error non_idempotent``), and so do the clients here; that
the repetition of a create is no conflict shows that nothing was done twice.
"""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mdm_portal.runtime import BASE
from scim_provisioning.activity.models import ScimRequest
from tests.commands.portals import children_of
from tests.scim.conftest import connect
from tests.scim.live import database_url

UNIT = BASE / "deploy" / "systemd" / "mdm-portal.service"
PUSHERS = 4


def command(socket: Path) -> list[str]:
    """Return the unit's command, with this environment's granian and another socket."""
    text = UNIT.read_text().replace("\\\n", " ")
    start = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    words = shlex.split(start.removeprefix("ExecStart="))[1:]
    words = [str(socket) if word.endswith("portal.sock") else word for word in words]
    return [sys.executable, "-m", "granian", *words]


@contextmanager
def served(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the portal on a socket in a folder until the block ends."""
    environment = {"DATABASE_URL": database_url(), "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    with (folder / "log").open("wb") as output:
        process = subprocess.Popen(
            command(folder / "s"),
            cwd=BASE,
            env=os.environ | environment | {"PYTHONPATH": str(BASE)},
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def client(folder: Path, secret: str) -> httpx.Client:
    """Return a client that keeps its connection as long as it is let."""
    return httpx.Client(
        base_url="http://localhost",
        transport=httpx.HTTPTransport(uds=str(folder / "s")),
        headers={"Authorization": f"Bearer {secret}"},
        timeout=60,
    )


def created(session: httpx.Client, name: dict[str, str]) -> object:
    """Return the status of a create, repeated once when the connection closed without answer."""
    for _try in range(2):
        try:
            return session.post("/scim/v2/Users", json=name).status_code
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            outcome = repr(error)
    return outcome


def await_log(folder: Path, words: str, times: int, seconds: float = 60) -> str:
    """Return the log once it has the words so many times."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        text = (folder / "log").read_text()
        if text.count(words) >= times:
            return text
        time.sleep(0.1)
    raise AssertionError((folder / "log").read_text())


@pytest.mark.django_db(transaction=True)
def test_no_request_fails_while_the_workers_are_replaced(tmp_path: Path) -> None:
    secret = connect("okta").secret
    outcomes: Counter[object] = Counter()
    done = threading.Event()

    def push(pusher: int) -> None:
        with client(tmp_path, secret) as session:
            while not done.is_set():
                name = {"userName": f"user-{pusher}-{outcomes.total()}"}
                outcomes[created(session, name)] += 1

    with served(tmp_path) as process:
        await_log(tmp_path, "Started worker", 2)
        before = children_of(process.pid)
        pushers = [threading.Thread(target=push, args=(number,)) for number in range(PUSHERS)]
        for pusher in pushers:
            pusher.start()
        time.sleep(1)
        process.send_signal(signal.SIGHUP)
        text = await_log(tmp_path, "Stopped old worker", 2)
        time.sleep(1)
        done.set()
        for pusher in pushers:
            pusher.join()
        assert not set(before) & set(children_of(process.pid))
    assert set(outcomes) == {201}, outcomes
    assert outcomes[201] > 10
    assert all(line.startswith("{") for line in text.splitlines())
    if "refused to gracefully stop" not in text:
        assert ScimRequest.objects.count() == outcomes[201]
