"""The load: a process of its own that sends prepared requests and does little else.

Reads its order as JSON from standard input and prints what it measured as JSON. Sockets do not
block, requests are filled-in templates, and of an answer only the status and the length are read:
the client must not be what is measured. An answer with another status ends the run.
"""

import json
import random
import re
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
END = b"\r\n\r\n"
BODILESS = (b"204", b"304")
PATIENCE = 300
LARGEST_READ = 1 << 20


Time = tuple[float, float]
"""Seconds of an operation from when it was due, and from when it was sent."""


class Load:
    """One measurement: some connections that send one operation after the other.

    With a rate, so many operations a second are begun, each in its turn; what waits for a free
    connection is late, and its time counts from when it was due; that from when it was sent is
    told beside it.
    """

    def __init__(self, order: dict[str, Any]) -> None:
        """Carry out an order."""
        self.operations = order["operations"]
        self.address = (order["host"], order["port"])
        self.duration = order["seconds"]
        self.pause = 1 / order["rate"] if order.get("rate") else 0.0
        self.selector = selectors.DefaultSelector()
        self.busy = order["connections"]
        self.turns = [at for at, one in enumerate(self.operations) for _n in range(one["weight"])]
        random.Random(0).shuffle(self.turns)
        self.begun = 0
        self.due = self.deadline = 0.0
        self.waiting: list[Connection] = []
        self.times: list[list[Time]] = [[] for _operation in self.operations]

    def run(self) -> dict[str, Any]:
        """Return what was measured."""
        connections = [Connection(self) for _number in range(self.busy)]
        started, cpu = time.perf_counter(), time.process_time()
        self.deadline = started + self.duration
        self.due = started
        self.waiting = connections
        self.begin()
        while self.busy:
            ready = self.selector.select(self.patience())
            if not ready and not self.waiting:
                raise SystemExit(f"No answer within {PATIENCE} s.")
            for key, _events in ready:
                key.data.receive()
            self.begin()
        return self._figures(time.perf_counter() - started, time.process_time() - cpu)

    def begin(self) -> None:
        """Let connections that wait begin what is due; those that are too late end."""
        now = time.perf_counter()
        while self.waiting and (now >= self.deadline or now >= self.due):
            connection = self.waiting.pop()
            if self.begun and now >= self.deadline:
                self.busy -= 1
                self.selector.unregister(connection.socket)
                continue
            connection.begin(self.due if self.pause else time.perf_counter())
            self.due += self.pause

    def patience(self) -> float:
        """Return how long there is nothing to do but to wait for answers."""
        if not self.waiting:
            return PATIENCE
        return max(0.0, min(self.due, self.deadline) - time.perf_counter())

    def _figures(self, seconds: float, cpu: float) -> dict[str, Any]:
        """Return what was measured, of each operation and of all; times in milliseconds."""
        return {
            "seconds": seconds,
            "cpu": cpu,
            "next": [operation["first"] for operation in self.operations],
            "operations": [_figures(times) for times in self.times],
            "all": _figures([time for times in self.times for time in times]),
        }

    def turn(self) -> tuple[int, dict[str, Any]]:
        """Return whose turn it is, and what the templates are filled with."""
        index = self.turns[self.begun % len(self.turns)]
        self.begun += 1
        operation = self.operations[index]
        return index, next_fields(operation)


def _figures(times: list[Time]) -> dict[str, Any]:
    """Return how many times there are, the middle one and the slowest hundredth."""
    due, sent = zip(*times, strict=True) if times else ((0.0,), (0.0,))
    return {
        "done": len(times),
        "median": statistics.median(due) * 1000,
        "p99": _slowest(due),
        "median_sent": statistics.median(sent) * 1000,
        "p99_sent": _slowest(sent),
    }


def _slowest(times: Sequence[float]) -> float:
    """Return what the slowest hundredth takes at least, in milliseconds."""
    return sorted(times)[int(len(times) * 0.99)] * 1000


def next_fields(operation: dict[str, Any]) -> dict[str, Any]:
    """Return what the templates of an operation are filled with the next time.

    A flag is false for everybody of the pool, then true for everybody, and so on.
    """
    number = operation["first"]
    operation["first"] += 1
    lap, place = divmod(number, len(operation["pool"]))
    flag = "true" if lap % 2 else "false"
    return {**operation["pool"][place], "serial": number, "flag": flag}


class Connection:
    """One connection, kept open; opened again when the server closes it."""

    def __init__(self, load: Load) -> None:
        """Connect."""
        self.load = load
        self.connect()

    def connect(self) -> None:
        """Open a socket that does not block."""
        self.socket = socket.create_connection(self.load.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.load.selector.register(self.socket, selectors.EVENT_READ, self)

    def begin(self, due: float) -> None:
        """Send the first request of an operation that was due at a time."""
        self.index, self.fields = self.load.turn()
        self.steps = self.load.operations[self.index]["steps"]
        self.step, self.spent, self.late = 0, 0.0, time.perf_counter() - due
        self.send()

    def send(self) -> None:
        """Send a request."""
        step = self.steps[self.step]
        body = (step["body"] % self.fields).encode()
        head = (step["head"] % self.fields).encode()
        self.request = b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)
        self.answer, self.needed = b"", -1
        self.sent = time.perf_counter()
        self.socket.send(self.request)

    def receive(self) -> None:
        """Take what has come of an answer."""
        part = self.socket.recv(LARGEST_READ)
        if not part:
            self.closed()
            return
        self.answer += part
        if self.needed < 0:
            self.read_head()
        if 0 <= self.needed <= len(self.answer):
            self.finish()

    def read_head(self) -> None:
        """Find out how long the answer is, once its head is there; check the status."""
        end = self.answer.find(END)
        if end < 0:
            return
        status = self.answer[9:12]
        if status.decode() not in self.steps[self.step]["statuses"]:
            self.fail()
        found = LENGTH.search(self.answer, 0, end)
        if found or status in BODILESS:
            self.needed = end + len(END) + (int(found[1]) if found else 0)
        elif CHUNKED.search(self.answer, 0, end):
            self.needed = 0 if self.answer.endswith(b"\r\n0\r\n\r\n") else -1

    def closed(self) -> None:
        """Connect again; an answer without a length is over, a request without answer is sent."""
        self.load.selector.unregister(self.socket)
        self.socket.close()
        self.connect()
        if END in self.answer:
            self.finish()
        else:
            self.answer = b""
            self.socket.send(self.request)

    def finish(self) -> None:
        """Note how long it took, and go on."""
        step = self.steps[self.step]
        if step["timed"]:
            self.spent += time.perf_counter() - self.sent
        self.step += 1
        if self.step < len(self.steps):
            self.send()
            return
        self.load.times[self.index].append((self.spent + self.late, self.spent))
        self.load.waiting.append(self)

    def fail(self) -> None:
        """End the run with what was asked and answered."""
        raise SystemExit(
            f"Asked: {self.request[:2000].decode(errors='replace')}\n"
            f"Answered: {self.answer[:2000].decode(errors='replace')}"
        )


if __name__ == "__main__":
    print(json.dumps(Load(json.load(sys.stdin)).run()))
