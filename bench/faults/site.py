"""A site as in production, each part of which can be killed and comes back where it was."""

import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench.faults.lines import lines_to, sockets_of
from mdm_portal.embedded import Server, free_port, launch_postgresql, launch_valkey
from mdm_portal.processes import Child, spawn, stop
from mdm_portal.runtime import BASE

WORKERS = 2
READY_SECONDS = 60
PYTHON = (sys.executable, "-W", "ignore", "-m")


class Site:
    """PostgreSQL, Valkey, a mail server, granian with two workers, two Celery workers with clocks.

    Only the thread that made it may start parts: the kernel ends children with their thread.
    """

    def __init__(self, data: Path, mail_seconds: float) -> None:
        """Start all of it, its files below ``data``."""
        self.data, self.mail_seconds = data, mail_seconds
        self.record = data / "mails"
        self.mail_port, self.port = free_port(), free_port()
        self.workers: list[Child] = []
        self.children: dict[str, Child] = {}
        self.own_deaths = 0
        """Workers that were found dead when they were to be killed."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """Return the target SCIM URL."""
        return f"http://127.0.0.1:{self.port}/scim/v2"

    @property
    def died(self) -> int:
        """Return how many servers ended by themselves: each must outlive what befalls others."""
        everybody = [*self.workers, *self.children.values()]
        return self.own_deaths + sum(not child.is_alive for child in everybody)

    def stop(self) -> None:
        """Stop everything, the servers last."""
        stop([*self.workers, *self._named("portal", "mail")], 5)
        stop(self._named("valkey", "postgresql"), 5)

    def _start(self) -> None:
        self.children["postgresql"] = launch_postgresql(self.data / "pg", self._log("postgresql"))
        self.children["valkey"] = launch_valkey(self.data / "valkey", self._log("valkey"))
        for server in self._named("postgresql", "valkey"):
            assert isinstance(server, Server)
            server.await_ready()
        os.environ.update(self._environment())
        command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "migrate", "-v", "0"]
        subprocess.run(command, check=True)
        self.start_mail_server()
        self.children["portal"] = self._child("portal", *self._granian())
        for number in range(WORKERS):
            self.workers.append(self._child(f"worker{number}", *self._celery(number)))
        _await("portal", lambda: _answers(f"http://127.0.0.1:{self.port}/readyz"))

    def _environment(self) -> dict[str, str]:
        servers = self._named("postgresql", "valkey")
        urls = [server.url for server in servers if isinstance(server, Server)]
        return {
            "DATABASE_URL": urls[0],
            "REDIS_URL": urls[1],
            "SECRET_KEY": secrets.token_urlsafe(48),
            "TOKEN_PEPPER": secrets.token_urlsafe(48),
            "PUBLIC_URL": "https://mdm.example.org",
            "ALLOWED_HOSTS": "127.0.0.1",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "MDM_DATA": str(self.data),
            "PROMETHEUS_MULTIPROC_DIR": str(self.data / "metrics"),
            "LOG_FORMAT": "line",
            "DJANGO_SETTINGS_MODULE": "mdm_portal.settings",
            "PYTHONPATH": str(BASE),
        }

    def _granian(self) -> list[str]:
        command = ["granian", "--interface", "wsgi", "--port", str(self.port), "--workers", "2"]
        command += ["--blocking-threads", "4", "--workers-kill-timeout", "2"]
        return [*command, "--respawn-failed-workers", "mdm_portal.wsgi:application"]

    def _celery(self, number: int) -> list[str]:
        command = ["celery", "-A", "mdm_portal", "worker", "-B", "--concurrency", "2"]
        command += ["-s", str(self.data / f"schedule{number}"), "-n", f"worker{number}@%h"]
        return [*command, "--without-gossip", "--without-mingle"]

    # What can happen to it

    def kill_sender(self) -> list[int]:
        """SIGKILL one process that has a line to the mail server open, if any; return it."""
        senders = self.senders()[:1]
        for process in senders:
            os.kill(process, signal.SIGKILL)
        return senders

    def kill_worker(self, number: int) -> list[int]:
        """SIGKILL a Celery worker: the parent, its pool and its clock; return all of them."""
        self.own_deaths += not self.workers[number].is_alive
        killed = _processes_of({self.workers[number].process.pid})
        self.workers[number].kill()
        return killed

    def start_worker(self, number: int) -> None:
        """Start a worker that was killed."""
        self.workers[number] = self._child(f"worker{number}", *self._celery(number))

    def signal(self, name: str, number: int) -> None:
        """Send a signal to a server, and return when it is gone."""
        child = self.children[name]
        child.process.send_signal(number)
        child.process.wait(60)

    def start_mail_server(self) -> None:
        """Start the mail server on its port."""
        parts = ("bench.faults.mail_server", self.mail_port, self.record, self.mail_seconds)
        self.children["mail"] = self._child("mail", *map(str, parts))

    def start_valkey(self) -> None:
        """Start Valkey anew, on the same port, with what it had."""
        former = self.children["valkey"]
        process = spawn([str(part) for part in former.process.args], former.log)
        self.children["valkey"] = Child("Valkey", process, former.log)

    def start_postgresql(self) -> None:
        """Start PostgreSQL anew, on the same socket; return when it answers."""
        server = launch_postgresql(self.data / "pg", self._log("postgresql"))
        self.children["postgresql"] = server.await_ready()

    def senders(self) -> list[int]:
        """Return the processes of workers that have a line to the mail server open."""
        lines = lines_to(self.mail_port)
        groups = {worker.process.pid for worker in self.workers}
        return [process for process in _processes_of(groups) if sockets_of(process) & lines]

    # Helpers

    def _child(self, name: str, *command: str) -> Child:
        log = self._log(name)
        return Child(name, spawn([*PYTHON, *command], log), log)

    def _log(self, name: str) -> Path:
        return self.data / f"{name}.log"

    def _named(self, *names: str) -> list[Child]:
        return [self.children[name] for name in names if name in self.children]


def _processes_of(groups: set[int]) -> list[int]:
    """Return the processes of process groups."""
    processes = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return [process for process in processes if _group_of(process) in groups]


def _group_of(process: int) -> int:
    try:
        return os.getpgid(process)
    except ProcessLookupError:
        return 0


def _answers(url: str) -> bool:
    return bool(urllib.request.urlopen(url, timeout=5).status == 200)


def _await(name: str, is_ready: Callable[[], bool]) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            if is_ready():
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{name} did not start.")
