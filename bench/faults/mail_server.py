"""An SMTP server that may be killed: what it accepted is on the disk before it says so.

    python -m bench.faults.mail_server PORT FILE SECONDS

A row a mail: when, Message-ID, recipient, the line that it came by and the process at its other
end; one more row when that process was told. It thinks for so many seconds about each mail, half
of them before it is on the disk and half between that and its answer.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.faults.lines import process_at

TAKEN = "250 Taken"


class Accepted(NamedTuple):
    """One mail that the server took."""

    at: float
    message_id: str
    recipient: str
    sender: int
    """The process that handed it over."""
    line: str
    """By which connection; one mail after the other goes over it."""
    is_told: bool
    """Whether the sender was told that it was taken."""


def read(record: Path) -> list[Accepted]:
    """Return what was accepted, in order."""
    rows = [row.split("\t") for row in _rows(record)]
    told = Counter(row[0] for row in rows if len(row) == 1)
    found = []
    for at, message_id, recipient, sender, line in (row for row in rows if len(row) > 1):
        key = f"{line} {message_id}"
        found.append(Accepted(float(at), message_id, recipient, int(sender), line, told[key] > 0))
    return found


def _rows(record: Path) -> list[str]:
    """Return the rows that are whole: it may have been killed within one."""
    text = record.read_text() if record.exists() else ""
    return [row[:-1] for row in text.splitlines(keepends=True) if row.endswith("\n")]


class Record:
    """Where accepted mails are kept."""

    def __init__(self, file: Path) -> None:
        """Append to ``file``."""
        self.file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, *values: object) -> None:
        """Write one row, and return when it is on the disk."""
        os.write(self.file, ("\t".join(map(str, values)) + "\n").encode())
        os.fdatasync(self.file)


class Line(SMTP):
    """One connection, and who is at its other end."""

    def __init__(self, record: Record, seconds: float, **options: Any) -> None:
        """Take every mail."""
        super().__init__(self, hostname="127.0.0.1", **options)
        self.record, self.seconds, self.taken = record, seconds, ""

    def connection_made(self, transport: Any) -> None:
        """Look up who connected."""
        port = transport.get_extra_info("peername")[1]
        self.sender, self.line = process_at(port), f"{os.getpid()}/{port}"
        super().connection_made(transport)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail: write, sync, answer."""
        await asyncio.sleep(self.seconds / 2)
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken = message_from_bytes(content, policy=policy.default)["Message-ID"]
        (recipient,) = envelope.rcpt_tos
        self.record.write(time.time(), self.taken, recipient, self.sender, self.line)
        await asyncio.sleep(self.seconds / 2)
        return TAKEN

    async def push(self, status: Any) -> None:
        """Send an answer; note it when it was the one that the sender waits for."""
        await super().push(status)
        if status == TAKEN:
            self.record.write(f"{self.line} {self.taken}")


async def serve(port: int, file: Path, seconds: float) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    record = Record(file)
    server = await loop.create_server(lambda: Line(record, seconds, loop=loop), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
