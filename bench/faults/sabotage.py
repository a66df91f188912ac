"""What is done to a site while users are pushed and mails leave, one thing after the other."""

import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.faults.site import WORKERS, Site

CHILD, WORKER = "kill -9 of a process that sends", "kill -9 of a whole worker"
MAIL, VALKEY_STOP, VALKEY_KILL = "mail server kill -9", "Valkey stopped", "Valkey kill -9"
FAST, IMMEDIATE = "PostgreSQL fast restart", "PostgreSQL immediate restart"
WHILE_NOTHING_LEAVES = (VALKEY_STOP, FAST, VALKEY_KILL, IMMEDIATE)
ALL = (CHILD, VALKEY_STOP, MAIL, WORKER, FAST, CHILD, VALKEY_KILL, MAIL, WORKER, IMMEDIATE)
ONE_OF_EACH = (CHILD, VALKEY_STOP, WORKER, MAIL, IMMEDIATE)
SENDER_SECONDS = 45


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that was done."""

    kind: str
    seconds: float
    """From when the part was taken away until all was up again."""
    killed: tuple[int, ...]
    """The processes that send mails, and died of it."""


@dataclass
class Saboteur:
    """Breaks parts of a site and starts them again."""

    site: Site
    seed: int
    outage: tuple[float, float]
    """Seconds that a server stays away: at least, at most."""
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.turn = self._turns()

    def do(self, kind: str) -> bool:
        """Do it, and return when all is up again; False when no worker was sending."""
        number = next(self.turn)
        ways: dict[str, Callable[[], None]] = {
            CHILD: lambda: None,
            WORKER: lambda: self.site.start_worker(number),
            MAIL: self.site.start_mail_server,
            VALKEY_STOP: self.site.start_valkey,
            VALKEY_KILL: self.site.start_valkey,
            FAST: self.site.start_postgresql,
            IMMEDIATE: self.site.start_postgresql,
        }
        if kind in (CHILD, WORKER, MAIL) and not self._await_sender():
            return False
        began = time.monotonic()
        killed = self._break(kind, number)
        if kind == CHILD and not killed:
            return False
        if kind != CHILD:
            time.sleep(self.random.uniform(*self.outage))
        ways[kind]()
        self.faults.append(Fault(kind, time.monotonic() - began, tuple(killed)))
        return True

    def _break(self, kind: str, number: int) -> list[int]:
        """Take a part away; return the processes of workers that died."""
        signals = {
            MAIL: ("mail", signal.SIGKILL),
            VALKEY_STOP: ("valkey", signal.SIGTERM),
            VALKEY_KILL: ("valkey", signal.SIGKILL),
            FAST: ("postgresql", signal.SIGINT),
            IMMEDIATE: ("postgresql", signal.SIGQUIT),
        }
        if kind == CHILD:
            return self.site.kill_sender()
        if kind == WORKER:
            return self.site.kill_worker(number)
        self.site.signal(*signals[kind])
        return []

    def _await_sender(self) -> bool:
        """Return when a worker has a line to the mail server open, a random moment later."""
        end = time.monotonic() + SENDER_SECONDS
        while not self.site.senders():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        time.sleep(self.random.uniform(0, 0.2))
        return bool(self.site.senders())

    def _turns(self) -> Iterator[int]:
        """Yield the workers in turn."""
        while True:
            yield from range(WORKERS)
