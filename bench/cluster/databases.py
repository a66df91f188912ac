"""The two database nodes: a primary and what streams from it."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.cluster.network import NODES, inside
from mdm_portal import embedded
from mdm_portal.processes import Child, spawn
from mdm_portal.runtime import BASE

SETTINGS = BASE / "deploy" / "cluster" / "postgresql.conf"
ACCESS = """
host all mdm 10.77.0.0/24 scram-sha-256
host replication replicator 10.77.0.0/24 scram-sha-256
"""
REACHED_SECONDS = 30


class Database:
    """PostgreSQL on a node of its own, asked by us through its Unix socket."""

    def __init__(self, name: str, folder: Path, password: str) -> None:
        """Keep data and log in a folder."""
        self.name, self.folder, self.password = name, folder, password
        self.data, self.log = folder / name, folder / f"{name}.log"
        self.sockets = folder / f"{name}-sockets"
        self.binaries = embedded._postgresql_binaries()
        self.account = embedded._account(self.data, self.binaries)
        self.child: Child | None = None

    def initialise(self) -> None:
        """Make the first primary, with the portal's database and the role that replicates."""
        embedded._initialise(self.binaries, self.data, self.account, True)
        self._add("postgresql.conf", SETTINGS.read_text())
        self._add("pg_hba.conf", ACCESS)
        self.start()
        for role in ("mdm LOGIN", "replicator LOGIN REPLICATION"):
            self.ask(f"CREATE ROLE {role} PASSWORD '{self.password}'", database="postgres")
        self.ask("CREATE DATABASE mdm OWNER mdm", database="postgres")

    def follow(self, primary: "Database") -> None:
        """Become a standby of a primary, from a copy of it; what was here is gone."""
        shutil.rmtree(self.data, ignore_errors=True)
        self._make(self.data)
        address = NODES[primary.name]
        source = f"host={address} user=replicator password={self.password}"
        slot = ["-C", "-S", self.name] if not primary._has_slot(self.name) else ["-S", self.name]
        command = [self.binaries / "pg_basebackup", "-d", source, "-D", self.data, "-R", *slot]
        log = self.folder / f"{self.name}-copy.log"
        with inside(self.name):
            copy = spawn([*command, "-c", "fast"], log, account=self.account, folder=Path("/"))
        if copy.wait(300):
            raise SystemExit(log.read_text())
        self.start()
        wait_until(lambda: primary.has_standby(self.name), f"{self.name} streams")
        primary.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{self.name}'")
        primary.ask("SELECT pg_reload_conf()")
        wait_until(lambda: primary.has_standby(self.name, "sync"), f"{self.name} is waited for")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._make(self.sockets)
        command = [self.binaries / "postgres", "-D", self.data, f"--cluster_name={self.name}"]
        command += [f"--unix_socket_directories={self.sockets}"]
        with inside(self.name):
            process = spawn(command, self.log, account=self.account, folder=Path("/"))
        self.child = Child(self.name, process, self.log, signal.SIGINT)
        wait_until(self._answers, f"{self.name} answers", self.log)

    def kill(self) -> None:
        """Kill it as a power cut does: nothing is written any more."""
        assert self.child
        for process in (self.child.process.pid, *self._backends()):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.child.process.wait()

    def promote(self) -> None:
        """Make a standby the primary, which waits for nobody yet."""
        self.ask("SELECT pg_promote(true)")
        wait_until(lambda: not self.ask("SELECT pg_is_in_recovery()")[0][0], "the promotion")

    def has_standby(self, name: str, state: str = "") -> bool:
        """Tell whether a standby streams; ``sync``: and is waited for."""
        rows = self.ask("SELECT application_name, state, sync_state FROM pg_stat_replication")
        return any(
            row[0] == name and row[1] == "streaming" and (not state or row[2] == state)
            for row in rows
        )

    def ask(self, statement: str, database: str = "mdm", *values: Any) -> list[tuple[Any, ...]]:
        """Return what a statement returns, as the superuser."""
        with self.connected(database) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def connected(self, database: str = "mdm") -> Iterator["psycopg.Connection[Any]"]:
        """Give a connection of the superuser."""
        connection = psycopg.connect(
            host=str(self.sockets), user="postgres", dbname=database, autocommit=True
        )
        with connection:
            yield connection

    def _answers(self) -> bool:
        try:
            return bool(self.ask("SELECT 1", "postgres"))
        except psycopg.OperationalError:
            return False

    def _has_slot(self, name: str) -> bool:
        statement = "SELECT 1 FROM pg_replication_slots WHERE slot_name = %s"
        return bool(self.ask(statement, "postgres", name))

    def _backends(self) -> list[int]:
        assert self.child
        command = ["ps", "-o", "pid=", "--ppid", str(self.child.process.pid)]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return [int(line) for line in found.split()]

    def _make(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)

    def _add(self, name: str, text: str) -> None:
        with (self.data / name).open("a") as file:
            file.write(f"\n{text}")


def wait_until(
    is_so: Any, what: str, log: Path | None = None, seconds: float = REACHED_SECONDS
) -> float:
    """Return after how many seconds something came true; give up in the end."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        try:
            if is_so():
                return time.monotonic() - started
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"In vain: {what}.\n{log.read_text()[-2000:] if log else ''}")
