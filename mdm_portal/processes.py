"""Child processes that never outlive us: started, watched and stopped here.

Every child has a session of its own, so a signal to its group reaches all it started. On Linux the
kernel also ends it when we are killed outright, and hands us its orphans, so that none remain.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAST_WORDS = 1200
_SET_DEATH_SIGNAL, _SET_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account that a child runs as."""

    name: str
    uid: int
    gid: int


@dataclass(slots=True)
class Child:
    """A running child: its process, its log, and the signal that lets it finish cleanly."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    stop_signal: int = signal.SIGTERM

    @property
    def is_alive(self) -> bool:
        """Tell whether the process still runs."""
        return self.process.poll() is None

    def end(self) -> str:
        """Return how the process ended, as a sentence with the last lines of its log."""
        code = self.process.returncode
        how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended (exit {code})"
        words = self.last_words()
        return f"{self.name} {how}." + (f" The end of {self.log}:\n{words}" if words else "")

    def last_words(self) -> str:
        """Return the last lines of the log."""
        try:
            return self.log.read_text(errors="replace")[-LAST_WORDS:].strip()
        except OSError:
            return ""

    def ask_to_stop(self) -> None:
        """Send the signal that lets the child finish cleanly."""
        if self.is_alive:
            self.process.send_signal(self.stop_signal)

    def kill(self) -> None:
        """Kill whatever is left of the child and of its group."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self.process.wait()


def spawn(
    command: Sequence[str | Path],
    log: Path,
    *,
    account: Account | None = None,
    death_signal: int = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """Return a process that writes to a log file; what it creates, only its account may read."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own commands
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[account.gid] if account else None,
            umask=0o077,
            start_new_session=True,
            env=environment,
            cwd=folder,
            preexec_fn=_die_with(os.getpid(), death_signal),  # noqa: PLW1509
        )


def stop(children: Sequence[Child], seconds: float) -> None:
    """Stop children together, in the time given; then kill what is left."""
    for child in children:
        child.ask_to_stop()
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(child.is_alive for child in children):
        time.sleep(0.02)
    for child in children:
        child.kill()


def adopt_orphans() -> None:
    """On Linux, become the parent of every descendant whose own parent dies."""
    if _libc:
        _libc.prctl(_SET_SUBREAPER, 1)


def kill_orphans(seconds: float = 1) -> None:
    """Kill and bury every child process that is left."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for process in _children_of(os.getpid()):
            os.kill(process, signal.SIGKILL)
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        time.sleep(0.01)


def _children_of(parent: int) -> list[int]:
    """Return the processes whose parent is the one given, as far as /proc tells."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def _die_with(parent: int, death_signal: int) -> Callable[[], None]:
    """Return what a new child does first: ask the kernel to be told of our death."""

    def prepare() -> None:
        if _libc:
            _libc.prctl(_SET_DEATH_SIGNAL, death_signal)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
