"""``manage.py up``: PostgreSQL, Valkey, the worker and the portal as children of one process."""

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from mdm_portal import runtime
from mdm_portal.embedded import (
    EmbeddedError,
    Server,
    kill_group,
    spawn,
    start_postgresql,
    start_valkey,
)
from mdm_portal.ports import holder_of

READY_SECONDS = 60
STOP_SECONDS = 3.0


class Stopped(Exception):
    """A signal asked us to stop."""


def up(arguments: list[str]) -> int:
    """Start everything, wait until it is stopped; return the exit code."""
    options = _options(arguments)
    data = Path(options.data).expanduser().resolve() if options.data else runtime.data_directory()
    supervisor = Supervisor(data, options.host, options.port)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stopped)
    try:
        return supervisor.run()
    except Stopped:
        return 0
    except (EmbeddedError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _options(arguments: list[str]) -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(
        prog="manage.py up", description="Start the portal with everything it needs."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on")
    parser.add_argument("--data", metavar="DIR", help="where data are kept (default: var)")
    return parser.parse_args(arguments)


class Supervisor:
    """The parent of all servers: starts them in order, ends when one of them does."""

    def __init__(self, data: Path, host: str, port: int) -> None:
        """Keep data in ``data`` and serve on ``host`` and ``port``."""
        self.data, self.host, self.port = data, host, port
        self.children: list[Server] = []
        self.wrote_state = False

    @property
    def address(self) -> str:
        """Return where a browser on this machine finds the portal."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"

    def run(self) -> int:
        """Start everything and watch it; return 1 when a child ends by itself."""
        self._refuse_to_collide()
        self._prepare_folders()
        environment = self._environment()
        runtime.write(self.data, environment)
        self.wrote_state = True
        first = self._prepare_site()
        self._start_worker()
        self._start_portal()
        self._await_ready()
        self._announce(first)
        return self._watch()

    def stop(self) -> None:
        """Stop all children, the last started first, and leave no process behind."""
        for group in (self.children[2:], self.children[:2]):
            for child in reversed(group):
                child.ask_to_stop()
            end = time.monotonic() + STOP_SECONDS
            while time.monotonic() < end and any(c.process.poll() is None for c in group):
                time.sleep(0.02)
            for child in group:
                kill_group(child.process)
        if self.wrote_state:
            runtime.clear(self.data)

    def _refuse_to_collide(self) -> None:
        """Refuse a second ``up`` of the same data, and a port that is taken."""
        running = runtime.state(self.data)
        if running:
            address = running["environment"].get("LOCAL_URL", "")
            raise EmbeddedError(f"Already running at {address} (process {running['pid']}).")
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise EmbeddedError(self._taken(error)) from error

    def _taken(self, error: OSError) -> str:
        """Return why the port cannot be had and what to do."""
        holder = holder_of(self.port)
        by = f" by {holder}" if holder else ""
        if "in use" in str(error):
            return f"Port {self.port} is taken{by}. Choose another: --port {self.port + 1}"
        return f"{self.host}:{self.port} cannot be listened on: {error.strerror}."

    def _prepare_folders(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        (self.data / "log").mkdir(exist_ok=True)

    def _environment(self) -> dict[str, str]:
        """Start the embedded servers; return and set what the site's settings need."""
        found = {**self._secrets(), "MDM_DATA": str(self.data), "LOCAL_URL": self.address}
        for name, start in (("DATABASE_URL", start_postgresql), ("REDIS_URL", start_valkey)):
            if os.environ.get(name):
                found[name] = os.environ[name]
                continue
            folder = "postgresql" if name == "DATABASE_URL" else "valkey"
            server = start(self.data / folder, self.data / "log" / f"{folder}.log")
            self.children.append(server)
            found[name] = server.url
        if self.host in ("0.0.0.0", "::"):  # noqa: S104
            found["ALLOWED_HOSTS"] = "*"
        found = {name: os.environ.get(name) or value for name, value in found.items()}
        os.environ.update(found)
        return found

    def _secrets(self) -> dict[str, str]:
        """Return the secrets of this data directory, made once."""
        file = self.data / "secrets.json"
        if not file.exists():
            made = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "TOKEN_PEPPER")}
            file.touch(mode=0o600)
            file.write_text(json.dumps(made))
        found: dict[str, str] = json.loads(file.read_text())
        return found

    def _prepare_site(self) -> dict[str, str]:
        """Migrate and so on; return the first administrator, if one was made just now."""
        command = [sys.executable, str(runtime.BASE / "manage.py"), "prepare", "--json"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if result.returncode:
            raise EmbeddedError(f"The site could not be prepared:\n{result.stderr.strip()[-2000:]}")
        found: dict[str, str] = json.loads(result.stdout)
        return found

    def _start_worker(self) -> None:
        schedule = str(self.data / "schedule")
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "mdm_portal",
            "worker",
            "-B",
            "-s",
            schedule,
        ]
        self._spawn("worker", [*command, "--concurrency", "2", "--loglevel", "WARNING"])

    def _start_portal(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", self.host]
        command += ["--port", str(self.port), "--workers", "2", "--blocking-threads", "4"]
        command += ["--workers-kill-timeout", "2", "--respawn-failed-workers"]
        self._spawn("portal", [*command, "mdm_portal.wsgi:application"])

    def _spawn(self, name: str, command: list[str]) -> None:
        log = self.data / "log" / f"{name}.log"
        environment = {**os.environ, "PYTHONPATH": str(runtime.BASE)}
        process = spawn(command, log, environment=environment)
        self.children.append(Server(name, process, "", log=log))

    def _await_ready(self) -> None:
        """Wait for /readyz; raise EmbeddedError when it does not come."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            self._raise_if_dead()
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=5):  # noqa: S310
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise EmbeddedError(f"The portal did not get ready. See {self.data / 'log'}.")

    def _raise_if_dead(self) -> None:
        """Raise EmbeddedError when a child has ended."""
        for child in self.children:
            if child.process.poll() is not None:
                words = child.log.read_text(errors="replace")[-800:] if child.log else ""
                raise EmbeddedError(
                    f"{child.name} ended unexpectedly; stopping everything. Its log ends:\n{words}"
                )

    def _announce(self, first: dict[str, str]) -> None:
        """Print where to go, in a few calm lines."""
        lines = [f"Portal      {self.address}", f"SCIM        {self.address}/scim/v2"]
        if first:
            lines.append(f"Sign in     {first['username']} / {first['password']}  (shown once)")
        lines += [f"Data        {self.data}", "Stop        Ctrl+C"]
        sys.stdout.write("\n".join(["", *lines, "", ""]))
        sys.stdout.flush()

    def _watch(self) -> int:
        """Return only by an exception: a signal, or a child that ended."""
        while True:
            self._raise_if_dead()
            time.sleep(0.2)
