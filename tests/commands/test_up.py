"""``manage.py up``: it starts, is found, keeps its data, and leaves no process behind."""

import json
import os
import shutil
import signal
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.portals import Portal, lives, manage

pytestmark = pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="processes are read in /proc"
)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data directory for all tests here, as one operator keeps one."""
    folder = Path(tempfile.mkdtemp(prefix="mdm up "))
    folder.chmod(0o711)
    yield folder / "var"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="class")
def portal(data: Path) -> Iterator[Portal]:
    """A running portal, shared by the tests of a class; all are on the same data."""
    with Portal(data) as running:
        yield running


@pytest.fixture(scope="class")
def started(data: Path) -> None:
    """Have the data of a first start, also where another process runs the tests of that."""
    if not (data / "secrets.json").exists():
        with Portal(data):
            pass


class TestFirstStart:
    """The tests run in this order; the last one stops the portal."""

    def test_it_shows_the_administrator_and_is_ready(self, data: Path, portal: Portal) -> None:
        assert portal.said["Sign"].startswith("in    admin / ")
        assert portal.said["Data"] == str(data)
        assert set(portal.readyz().values()) == {"ok"}
        for name in ("secrets.json", "up.json"):
            assert stat.S_IMODE((data / name).stat().st_mode) == 0o600

    def test_commands_find_it(self, data: Path, portal: Portal) -> None:
        made = manage("create_admin", "--username", "grace", "--json", data=data)
        assert made.returncode == 0, made.stderr
        assert json.loads(made.stdout)["username"] == "grace"

    def test_a_second_up_says_that_one_runs_already(self, data: Path, portal: Portal) -> None:
        second = manage("up", "--port", "0", data=data)
        assert second.returncode == 1
        assert second.stderr.startswith(f"Already running: {portal.said['Portal']}")
        assert second.stderr.count("\n") == 1

    def test_sigterm_stops_everything_within_five_seconds(self, portal: Portal) -> None:
        assert portal.end(signal.SIGTERM) < 5
        assert portal.process.returncode == 0
        assert portal.survivors() == []


class TestSecondStart:
    """The tests run in this order; the last one stops the portal."""

    def test_data_survived(self, started: None, data: Path, portal: Portal) -> None:
        assert "Sign" not in portal.said, "the first administrator is shown once"
        again = manage("create_admin", "--username", "admin", data=data)
        assert (again.returncode, again.stdout) == (1, "")
        assert "already exists" in again.stderr

    def test_killed_outright_it_leaves_nothing(self, portal: Portal) -> None:
        portal.end(signal.SIGKILL)
        assert portal.survivors(seconds=8) == []


@pytest.mark.parametrize("name", ["PostgreSQL", "Valkey", "worker", "portal"])
def test_a_killed_child_ends_everything_with_its_name(data: Path, name: str) -> None:
    with Portal(data) as portal:
        os.kill(portal.child(name), signal.SIGKILL)
        _, complaint = portal.process.communicate(timeout=10)
    assert portal.process.returncode == 1
    assert f"{name} was killed (SIGKILL)" in complaint
    assert portal.survivors() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_stopped_while_it_starts_it_leaves_nothing(data: Path, number: int) -> None:
    portal = Portal(data)
    time.sleep(0.6)
    portal.end(number)
    assert portal.process.returncode == 0
    assert not any(map(lives, portal.descendants))


def test_a_taken_port_is_told_with_its_holder(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = manage("up", "--port", port, data=data)
    assert refused.returncode == 1
    assert f"Port {port} is taken by" in refused.stderr
    assert f"(process {os.getpid()})" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_without_a_portal_a_command_says_what_to_do(data: Path) -> None:
    refused = manage("create_admin", data=data)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "manage.py up" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_help_needs_no_portal(data: Path) -> None:
    shown = manage("create_admin", "--help", data=data)
    assert shown.returncode == 0
    assert "--password-stdin" in shown.stdout
