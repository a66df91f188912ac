"""A real ``manage.py up`` in a directory of its own, and the processes that belong to it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from mdm_portal.runtime import BASE

NAMED_BY_THE_SUITE = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "TOKEN_PEPPER", "PUBLIC_URL")
MARKS = {
    "PostgreSQL": "bin/postgres",
    "Valkey": "valkey-server",
    "worker": "celery",
    "portal": "granian",
}


def manage(*arguments: object, data: Path) -> "subprocess.CompletedProcess[str]":
    """Return what a command did, run as an operator runs it."""
    command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), *map(str, arguments)]
    return subprocess.run(
        [*command, f"--data={data}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=surroundings(),
    )


def surroundings() -> dict[str, str]:
    """Return an environment in which no server is named."""
    return {name: os.environ[name] for name in os.environ if name not in NAMED_BY_THE_SUITE}


class Portal:
    """A running ``up``; ``with`` waits until it has said where it is."""

    def __init__(self, data: Path) -> None:
        """Start on a free port."""
        command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "up"]
        self.process = subprocess.Popen(
            [*command, "--data", str(data), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=surroundings(),
        )
        self.descendants: list[int] = []

    def __enter__(self) -> "Portal":
        """Return when the portal is ready."""
        assert self.process.stdout
        self.said: dict[str, str] = {}
        for line in self.process.stdout:
            label, _, text = line.strip().partition(" ")
            self.said[label] = text.strip()
            if label == "Stop":
                self.descendants = descendants_of(self.process.pid)
                return self
        _, complaint = self.process.communicate()
        raise AssertionError(complaint)

    def __exit__(self, *_failure: object) -> None:
        """Stop, if the test has not."""
        if self.process.poll() is None:
            self.end(signal.SIGTERM)

    def readyz(self) -> dict[str, Any]:
        """Return the answer of /readyz."""
        with urllib.request.urlopen(f"{self.said['Portal']}/readyz", timeout=5) as answer:
            return dict(json.load(answer))

    def child(self, name: str) -> int:
        """Return the process of a child by its name."""
        return next(
            process for process in children_of(self.process.pid) if MARKS[name] in line_of(process)
        )

    def end(self, number: int) -> float:
        """Send a signal; return the seconds until the process was gone."""
        self.descendants = descendants_of(self.process.pid)
        begin = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(15)
        return time.monotonic() - begin

    def survivors(self, seconds: float = 0) -> list[str]:
        """Return the command lines of descendants that still live after the seconds given."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and any(map(lives, self.descendants)):
            time.sleep(0.05)
        return [line_of(process) for process in self.descendants if lives(process)]


def line_of(process: int) -> str:
    """Return a command line; "" when the process is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def status_of(process: int | str) -> list[str]:
    """Return state, parent and so on; a process that is gone counts as a zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return ["Z", "0"]


def lives(process: int) -> bool:
    """Tell whether a process runs."""
    return status_of(process)[0] != "Z"


def children_of(parent: int) -> list[int]:
    """Return the children of a process."""
    everyone = [entry.name for entry in Path("/proc").glob("[0-9]*")]
    return [int(entry) for entry in everyone if status_of(entry)[1] == str(parent)]


def descendants_of(parent: int) -> list[int]:
    """Return the children of a process, their children, and so on."""
    children = children_of(parent)
    return children + [deeper for child in children for deeper in descendants_of(child)]
