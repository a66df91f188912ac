"""The PostgreSQL that `up` brings."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mdm_portal import embedded
from mdm_portal.embedded import Server, launch_postgresql, start_postgresql

STANDBY = "hot_standby = off\n"


@pytest.fixture
def recovering(tmp_path: Path) -> Iterator[Server]:
    """Start a server that recovers until it is told that there is nothing more to come."""
    data, log = tmp_path / "postgresql", tmp_path / "postgresql.log"
    start_postgresql(data, log, durable=False).stop()
    (data / "standby.signal").touch()
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write(STANDBY)
    server = launch_postgresql(data, log, durable=False)
    yield server
    server.stop()


def _end_recovery(server: Server, data: Path) -> None:
    """Let a server take connections, a little later than it would be given up."""
    time.sleep(0.5)
    (data / "promote").touch()
    os.kill(server.process.pid, signal.SIGUSR1)


def test_a_server_that_recovers_is_given_the_time_it_takes(
    recovering: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    while recovering.is_alive and not recovering.is_on_its_way():
        time.sleep(0.02)
    monkeypatch.setattr(embedded, "START_SECONDS", 0.1)
    later = threading.Thread(target=_end_recovery, args=(recovering, tmp_path / "postgresql"))
    later.start()
    assert recovering.await_ready().answers()
    later.join()


@pytest.mark.parametrize(
    ("megabytes", "kept"), [(256, "128MB"), (1_024, "256MB"), (262_144, "512MB")]
)
def test_a_quarter_of_the_memory_keeps_tables_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, megabytes: int, kept: str
) -> None:
    memory = {"SC_PAGE_SIZE": 4_096, "SC_PHYS_PAGES": megabytes * 256}
    monkeypatch.setattr(os, "sysconf", memory.__getitem__)
    server = start_postgresql(tmp_path / "postgresql", tmp_path / "log", durable=False)
    try:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SHOW shared_buffers").fetchone() == (kept,)
    finally:
        server.stop()


def test_the_wal_grows_by_little_at_a_time_and_is_written_over_again(tmp_path: Path) -> None:
    server = start_postgresql(tmp_path / "postgresql", tmp_path / "log", durable=False)
    try:
        with psycopg.connect(server.url) as connection:
            names = ("wal_segment_size", "min_wal_size", "max_wal_size")
            shown = [connection.execute(f"SHOW {name}").fetchone() for name in names]
            assert shown == [("4MB",), ("512MB",), ("1GB",)]
    finally:
        server.stop()
