"""An SMTP server that may be killed: what it accepted is on the disk before it says so.

    python -m bench.faults.mail_server PORT FILE SECONDS

A line a mail: when, Message-ID, recipient. It thinks for so many seconds about each mail, half of
them before it is on the disk and half between that and its answer.
"""

import asyncio
import os
import sys
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from aiosmtpd.smtp import SMTP, Envelope, Session


class Accepted(NamedTuple):
    """One mail that the server took."""

    at: float
    message_id: str
    recipient: str


def read(record: Path) -> list[Accepted]:
    """Return what was accepted, in order."""
    lines = record.read_text().splitlines() if record.exists() else []
    parts = (line.split("\t") for line in lines)
    return [Accepted(float(at), message_id, recipient) for at, message_id, recipient in parts]


class Handler:
    """Takes every mail."""

    def __init__(self, record: Path, seconds: float) -> None:
        """Append to ``record``."""
        self.file = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.seconds = seconds

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail: write, sync, answer."""
        await asyncio.sleep(self.seconds / 2)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        (recipient,) = envelope.rcpt_tos
        os.write(self.file, f"{time.time()}\t{mail['Message-ID']}\t{recipient}\n".encode())
        os.fdatasync(self.file)
        await asyncio.sleep(self.seconds / 2)
        return "250 Taken"


async def serve(port: int, record: Path, seconds: float) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    handler = Handler(record, seconds)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="127.0.0.1", loop=loop), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
