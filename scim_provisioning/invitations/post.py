"""The way to the mail server: one connection a run, and a verdict on each mail."""

from contextlib import suppress
from smtplib import (
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from socket import SHUT_RDWR
from threading import Timer
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage

TIMEOUT = 10
"""Seconds that the server may keep silent."""
MAIL_SECONDS = 25.0
"""That one mail may take in all: a server may also answer a byte at a time."""
LONGEST_WORDS = 500


class PostError(Exception):
    """A mail that did not leave, with the server's words."""


class Unreachable(PostError):
    """The server cannot be reached or does not let us in: no fault of any mail."""


class Refused(PostError):
    """The mail will never be taken."""


class Deferred(PostError):
    """The mail may be taken later."""


class Post:
    """An open line to the mail server that the settings name."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self.connection: Any = None

    def open(self) -> None:
        """See to it that the line is open; raise Unreachable."""
        if self.connection is None:
            connection = mail.get_connection(timeout=TIMEOUT)
            try:
                connection.open()
            except (SMTPException, OSError) as error:
                raise Unreachable(words_of(error)) from error
            self.connection = connection

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail; raise Refused or Deferred."""
        watch = Timer(MAIL_SECONDS, self._hang_up)
        watch.daemon = True
        watch.start()
        try:
            self.connection.send_messages([message])
        except (SMTPException, OSError) as error:
            self.close()
            raise _verdict(error) from error
        except ValueError as error:
            raise Refused(words_of(error)) from error
        finally:
            watch.cancel()

    def _hang_up(self) -> None:
        """End a conversation that takes too long; whoever leads it is told that the line broke."""
        line = getattr(getattr(self.connection, "connection", None), "sock", None)
        if line is not None:
            with suppress(OSError):
                line.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """Close the line, if it is open."""
        if self.connection is not None:
            connection, self.connection = self.connection, None
            connection.close()


def words_of(error: Exception) -> str:
    """Return what the server said, fit to be stored and shown."""
    if isinstance(error, SMTPRecipientsRefused):
        return _words(*next(iter(error.recipients.values())))
    if isinstance(error, SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return _clean(str(error) or type(error).__name__)


def _verdict(error: Exception) -> PostError:
    """Return Refused for an answer that is final for this recipient or mail, else Deferred.

    A refused sender is a matter of our settings: it is put right, then the mails go.
    """
    if isinstance(error, SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    elif isinstance(error, SMTPResponseException) and not isinstance(error, SMTPSenderRefused):
        code = error.smtp_code
    else:
        code = 0
    return (Refused if code >= 500 else Deferred)(words_of(error))


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return _clean(f"{code} {text}")


def _clean(words: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(printable.split())[:LONGEST_WORDS]
