"""The load: a process of its own that sends prepared requests and does little else.

Reads its order as JSON from standard input and prints what it measured as JSON. Sockets do not
block, requests are filled-in templates, and of an answer only the status and the length are read:
the client must not be what is measured. An answer with another status ends the run.
"""

import json
import re
import selectors
import socket
import statistics
import sys
import time
from typing import Any

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
END = b"\r\n\r\n"
BODILESS = (b"204", b"304")
PATIENCE = 300
LARGEST_READ = 1 << 20


class Load:
    """One measurement: some connections that send one operation after the other."""

    def __init__(self, order: dict[str, Any]) -> None:
        """Carry out an order."""
        self.steps, self.pool = order["steps"], order["pool"]
        self.address = (order["host"], order["port"])
        self.duration, self.serial = order["seconds"], order["first"]
        self.selector = selectors.DefaultSelector()
        self.busy = order["connections"]
        self.times: list[float] = []
        self.deadline = 0.0

    def run(self) -> dict[str, Any]:
        """Return what was measured."""
        connections = [Connection(self) for _number in range(self.busy)]
        started, cpu = time.perf_counter(), time.process_time()
        self.deadline = started + self.duration
        for connection in connections:
            connection.begin()
        while self.busy:
            ready = self.selector.select(PATIENCE)
            if not ready:
                raise SystemExit(f"No answer within {PATIENCE} s.")
            for key, _events in ready:
                key.data.receive()
        return self._figures(time.perf_counter() - started, time.process_time() - cpu)

    def _figures(self, seconds: float, cpu: float) -> dict[str, Any]:
        """Return what was measured, times in milliseconds."""
        times = sorted(self.times)
        return {
            "done": len(times),
            "seconds": seconds,
            "cpu": cpu,
            "median": statistics.median(times) * 1000,
            "p99": times[int(len(times) * 0.99)] * 1000,
            "next": self.serial,
        }

    def fields(self) -> dict[str, Any]:
        """Return what the templates of the next operation are filled with.

        A flag is false for everybody of the pool, then true for everybody, and so on.
        """
        number = self.serial
        self.serial += 1
        lap, place = divmod(number, len(self.pool))
        flag = "true" if lap % 2 else "false"
        return {**self.pool[place], "serial": number, "flag": flag}


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

    def begin(self) -> None:
        """Send the first request of an operation."""
        self.fields, self.step, self.spent = self.load.fields(), 0, 0.0
        self.send()

    def send(self) -> None:
        """Send a request."""
        step = self.load.steps[self.step]
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
        if status.decode() not in self.load.steps[self.step]["statuses"]:
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
        step = self.load.steps[self.step]
        if step["timed"]:
            self.spent += time.perf_counter() - self.sent
        self.step += 1
        if self.step < len(self.load.steps):
            self.send()
            return
        self.load.times.append(self.spent)
        if time.perf_counter() < self.load.deadline:
            self.begin()
        else:
            self.load.busy -= 1
            self.load.selector.unregister(self.socket)

    def fail(self) -> None:
        """End the run with what was asked and answered."""
        raise SystemExit(
            f"Asked: {self.request[:2000].decode(errors='replace')}\n"
            f"Answered: {self.answer[:2000].decode(errors='replace')}"
        )


if __name__ == "__main__":
    print(json.dumps(Load(json.load(sys.stdin)).run()))
