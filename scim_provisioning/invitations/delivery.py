"""One run of a worker: sends what is due, each mail on its own, none waiting for a slow one."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from math import ceil

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from redis.exceptions import RedisError

from scim_provisioning.invitations import mails, outbox, reminders, wakeups
from scim_provisioning.invitations.links import base_url
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.options.options import current
from scim_provisioning.invitations.pace import TooMany
from scim_provisioning.invitations.post import Deferred, Post, Refused, Unreachable

RUN_SECONDS = 20.0
PATIENCE = 2.0
"""So many seconds a mail may hold up the next; then it goes on beside, on a line of its own."""
MOST_SLOW = 8
AGAIN_SECONDS = 1.0
"""Between one try to note what became of a mail and the next, while the database is out."""
logger = logging.getLogger(__name__)


def deliver_due() -> bool:
    """Send what is due; tell whether the time ran out with more to do."""
    if not outbox.is_due():
        return False
    if not settings.PUBLIC_URL:
        logger.warning("PUBLIC_URL is not set: invitations lead to %s", base_url())
    run = Run()
    try:
        return run.deliver_all()
    except TooMany as error:
        _come_back_in(error.seconds)
    except Unreachable as error:
        logger.error("The mail server cannot be reached, invitations wait: %s", error)
    finally:
        run.end()
    return False


class Run:
    """Sends one mail after the other; threads talk to the mail server, none to the database."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self.post = Post()
        self.pool = ThreadPoolExecutor(MOST_SLOW + 1, "mail")
        self.slow: dict[Future[None], tuple[Invitation, Post]] = {}

    def deliver_all(self) -> bool:
        """Tell whether the time ran out; raise Unreachable or TooMany.

        A line that a mail has broken is opened anew for the next.
        """
        end = time.monotonic() + RUN_SECONDS
        while time.monotonic() < end:
            self._settle_slow(at_most=MOST_SLOW - 1)
            self.post.open()
            invitation = outbox.claim()
            if invitation is None:
                return False
            self._deliver(invitation)
        return True

    def end(self) -> None:
        """Wait for the slow ones, which Post gives up after a while, and close all lines."""
        self._settle_slow(at_most=0)
        self.pool.submit(self.post.close)
        self.pool.shutdown()

    def _deliver(self, invitation: Invitation) -> None:
        """Send one mail and note what became of it, unless it takes long."""
        if not _is_wanted(invitation):
            outbox.withdraw(invitation)
            return
        try:
            _check_address(invitation.user.email)
        except Refused as error:
            outbox.fail(invitation, str(error))
            return
        sending = self.pool.submit(self.post.send, mails.compose(invitation))
        if wait([sending], PATIENCE).done:
            _note(invitation, sending)
        else:
            self.slow[sending] = invitation, self.post
            self.post = Post()

    def _settle_slow(self, at_most: int) -> None:
        """Note what became of slow mails; wait until there are not more than so many."""
        while self.slow:
            timeout = None if len(self.slow) > at_most else 0
            done = wait(self.slow, timeout, FIRST_COMPLETED).done
            for sending in done:
                invitation, post = self.slow.pop(sending)
                self.pool.submit(post.close)
                _note(invitation, sending)
            if not done:
                return


def _note(invitation: Invitation, sending: Future[None]) -> None:
    """Note what became of a mail."""
    try:
        sending.result()
    except Refused as error:
        _insist(partial(outbox.fail, invitation, str(error)), invitation)
    except Deferred as error:
        _insist(partial(outbox.postpone, invitation, str(error)), invitation)
    else:
        _insist(partial(outbox.mark_sent, invitation), invitation)


def _insist(write: Callable[[], None], invitation: Invitation) -> None:
    """Write although the database may be out for a while, as long as the row is ours.

    The mail has left: would we give up, another worker would send it again.
    """
    while True:
        try:
            return write()
        except (InterfaceError, OperationalError) as error:
            connection.close()
            if timezone.now() > invitation.due_at:
                raise
            logger.warning("What became of a mail could not be noted yet: %s", error)
            time.sleep(AGAIN_SECONDS)


def _is_wanted(invitation: Invitation) -> bool:
    """Tell whether a mail that was due may still go."""
    if invitation.user.status != "active":
        return False
    if invitation.follow_up == Invitation.REMINDER:
        return reminders.is_wanted(invitation, current())
    return not invitation.follow_up or invitation.status == Invitation.COMPLETED


def _check_address(address: str) -> None:
    """Raise Refused for what is no e-mail address."""
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(f"“{address[:254]}” is not an e-mail address.") from error


def _come_back_in(seconds: float) -> None:
    """Call a worker for when mails may leave again, one for all that found they may not.

    Without the broker the sweeper comes.
    """
    try:
        if cache.add("invitations.pace", 1, ceil(seconds)):
            wakeups.call(seconds)
    except (RedisError, OSError) as error:
        logger.warning("No worker was called, the sweeper will come: %s", error)
