"""The parent of all servers: starts them, watches them, ends when one of them does."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from mdm_portal import prepared, runtime, surroundings
from mdm_portal.embedded import EmbeddedError, Server, launch_postgresql, launch_valkey
from mdm_portal.ports import holder_of
from mdm_portal.processes import Child, kill_orphans, spawn, stop

READY_SECONDS = 120
SITE_STOP_SECONDS = 3.0
SERVERS_STOP_SECONDS = 1.4
LOG_LIMIT = 8 * 1024 * 1024
PYTHON = (sys.executable, "-m")
WORKERS = ("--workers", "2", "--blocking-threads", "4")
"""How many requests the portal answers at once."""


class Supervisor:
    """Runs the servers and the site of one data directory."""

    def __init__(self, data: Path, host: str, port: int) -> None:
        """Keep data in ``data`` and serve on ``host`` and ``port``."""
        self.data, self.host, self.port = data, host, port
        self.servers: list[Server] = []
        self.site: list[Child] = []
        self.lock: IO[str] | None = None
        self.first: dict[str, str] = {}

    def run(self) -> None:
        """Start everything and watch it; ends by an exception only."""
        self._hold()
        self._refuse_taken_port()
        os.environ.update(self._start_servers())
        if not (self._has_own_database and prepared.is_current(self.data)):
            self.first = self._prepare_site()
        self._start_portal()
        self._await_ready()
        self._start_worker()
        self._announce()
        self._watch()

    def stop(self) -> None:
        """Stop the site, then its servers, and leave no process behind."""
        stop(self.site, SITE_STOP_SECONDS)
        stop(self.servers, SERVERS_STOP_SECONDS)
        kill_orphans()
        if self.first:
            self._say(self._credentials())
        if self.lock:
            runtime.clear(self.data)
            self.lock.close()

    @property
    def address(self) -> str:
        """Return where a browser on this machine finds the portal."""
        return surroundings.local_url(self.host, self.port)

    @property
    def _has_own_database(self) -> bool:
        return any(server.name == "PostgreSQL" for server in self.servers)

    def _hold(self) -> None:
        """Take the data directory for us alone."""
        if not self.data.exists():
            self.data.mkdir(parents=True)
            self.data.chmod(0o711)
        (self.data / "log").mkdir(exist_ok=True)
        self.lock = runtime.hold(self.data)
        if self.lock:
            runtime.clear(self.data)
            return
        found = runtime.state(self.data)
        if found is None:
            raise EmbeddedError(runtime.advice(self.data))
        where = found["environment"]["LOCAL_URL"]
        raise EmbeddedError(f"Already running: {where} (process {found['pid']}, {self.data}).")

    def _refuse_taken_port(self) -> None:
        """Say who has the port, before anything is started."""
        family, kind, _, _, place = socket.getaddrinfo(
            self.host, self.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(place)
            except OSError as error:
                raise EmbeddedError(self._why_not(error)) from error

    def _why_not(self, error: OSError) -> str:
        """Return why the port cannot be had, and what to do."""
        if holder := holder_of(self.port):
            return f"Port {self.port} is taken by {holder}. Choose another: --port {self.port + 1}"
        reason = os.strerror(error.errno or 0)
        return f"{self.host}, port {self.port}: {reason}. Choose another --host or --port."

    def _start_servers(self) -> dict[str, str]:
        """Start the servers that are not named; return the environment of the site."""
        found = surroundings.of(self.data, self.host, self.address)
        launches = (
            ("DATABASE_URL", "postgresql", launch_postgresql),
            ("REDIS_URL", "valkey", launch_valkey),
        )
        for variable, name, launch in launches:
            if variable not in found and f"{variable}_FILE" not in found:
                self.servers.append(launch(self.data / name, self._log(name)))
                found[variable] = self.servers[-1].url
        for server in self.servers:
            server.await_ready()
        runtime.write(self.data, found)
        return found

    def _prepare_site(self) -> dict[str, str]:
        """Migrate and so on; return the first administrator, if one was made just now."""
        command = [sys.executable, str(runtime.BASE / "manage.py"), "prepare", "--json"]
        log = self._log("prepare")
        result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        log.write_text(result.stderr)
        if result.returncode:
            reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise EmbeddedError(f"The site could not be prepared: {reason}\nMore in {log}.")
        if self._has_own_database:
            prepared.mark(self.data)
        found: dict[str, str] = json.loads(result.stdout)
        return found

    def _start_portal(self) -> None:
        """Start the portal; the answer of /readyz tells when it is up and migrated."""
        command = ["granian", "--interface", "wsgi", "--host", self.host, "--port", str(self.port)]
        command += [*WORKERS, "--respawn-failed-workers", "--workers-kill-timeout", "2"]
        command += ["mdm_portal.wsgi:application"]
        self._start("portal", command)

    def _start_worker(self) -> None:
        """Start the worker, with the clock of the schedule."""
        command = ["celery", "-A", "mdm_portal", "worker", "-B", "-s", str(self.data / "schedule")]
        command += ["--concurrency", "2", "--loglevel", "WARNING"]
        command += ["--without-gossip", "--without-mingle"]
        self._start("worker", command)

    def _start(self, name: str, command: list[str]) -> None:
        os.environ["PYTHONPATH"] = str(runtime.BASE)
        log = self._log(name)
        self.site.append(Child(f"The {name}", spawn([*PYTHON, *command], log), log))

    def _log(self, name: str) -> Path:
        """Return the log of a child; one that has grown large is put aside."""
        log = self.data / "log" / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return log

    def _await_ready(self) -> None:
        """Wait for /readyz; raise EmbeddedError with its answer when it does not come."""
        end = time.monotonic() + READY_SECONDS
        answer = ""
        while time.monotonic() < end:
            self._raise_if_dead()
            status, answer = self._ask_readyz()
            if status == 200:
                return
            time.sleep(0.03)
        prepared.forget(self.data)
        raise EmbeddedError(f"The portal did not get ready: {answer}\nMore in {self.data / 'log'}.")

    def _ask_readyz(self) -> tuple[int, str]:
        """Return status and body of /readyz; 0 while nothing answers."""
        host = self.address.removeprefix("http://").rsplit(":", 1)[0].strip("[]")
        connection = http.client.HTTPConnection(host, self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            response = connection.getresponse()
            return response.status, response.read(500).decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def _raise_if_dead(self) -> None:
        """Raise EmbeddedError when a child has ended."""
        for child in (*self.servers, *self.site):
            if not child.is_alive:
                raise EmbeddedError(f"{child.end()}\nEverything is being stopped.")

    def _announce(self) -> None:
        """Print where to go, in a few calm lines."""
        lines = [f"Portal     {self.address}", f"SCIM       {self.address}/scim/v2"]
        lines += [self._credentials()] if self.first else []
        self.first = {}
        lines += [f"Data       {self.data}", "Stop       Ctrl+C"]
        self._say("\n".join(["", *lines, ""]))

    def _credentials(self) -> str:
        return f"Sign in    {self.first['username']} / {self.first['password']}   (shown only now)"

    def _say(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def _watch(self) -> None:
        """Raise when a child ends; a signal ends us otherwise."""
        while True:
            self._raise_if_dead()
            time.sleep(0.2)
