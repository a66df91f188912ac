"""A real SMTP server that keeps what it takes, and refuses as told."""

from asyncio import WriteTransport, sleep
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from mdm_portal.embedded import free_port


class MailServer:
    """The inbox, and the answers still to be given to some recipients."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, list[str]] = defaultdict(list)
        """Recipient: what RCPT is answered, one after the other; then it is taken."""
        self.hangs_up_on: set[str] = set()
        self.slow_for: dict[str, float] = {}
        """Recipient: so many seconds it thinks about the mail."""
        self.thinks_about: list[str] = []
        """Recipients whose mail it has read, answered or not."""
        self.port = 0

    @property
    def recipients(self) -> list[str]:
        """Return who got a mail, sorted."""
        return sorted(str(mail["To"]) for mail in self.mails)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answers[address]:
            return self.answers[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hangs_up_on & set(envelope.rcpt_tos):
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
            return "421 Gone"
        self.thinks_about += envelope.rcpt_tos
        await sleep(max(self.slow_for.get(address, 0) for address in envelope.rcpt_tos))
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 Taken"


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """Run a server on a free port."""
    handler = MailServer()
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
