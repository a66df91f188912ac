"""The wake-up call to the workers: quick, seldom, and allowed to fail.

The row in PostgreSQL is the truth and a sweeper looks for due rows every 30 seconds, so a broker
that is out delays an invitation but loses none, and costs a SCIM request half a second at most.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock

TASK = "scim_provisioning.invitations.tasks.deliver_due"
WINDOW = 1.0
"""One call serves all rows that this process makes within so many seconds."""
REST = 30.0
"""So long a broker that failed is left alone."""

Sender = Callable[[str, float], None]
"""Sends the task of a name, to run after so many seconds; raises OSError if no broker takes it."""
_senders: list[Sender] = []

logger = logging.getLogger(__name__)
_lock = Lock()
_quiet_until = 0.0


def wake_up(after: timedelta) -> None:
    """Ask the workers to look for due invitations once ``after`` has passed."""
    if _take_turn(WINDOW):
        call(after.total_seconds() + WINDOW)


def send_with(sender: Sender) -> None:
    """Register what sends tasks: the site's, which is above this room, and loads when it must."""
    _senders[:] = [sender]


def call(countdown: float = 0) -> None:
    """Send one call; an error is logged and the broker left alone for a while."""
    try:
        for send in _senders:
            send(TASK, countdown)
    except OSError as error:
        _rest()
        logger.error("No worker was woken, the sweeper will find the invitations: %s", error)


def _take_turn(seconds: float) -> bool:
    """Tell whether it is time for a call again; if so, others wait for ``seconds``."""
    global _quiet_until
    with _lock:
        if time.monotonic() < _quiet_until:
            return False
        _quiet_until = time.monotonic() + seconds
        return True


def _rest() -> None:
    global _quiet_until
    with _lock:
        _quiet_until = time.monotonic() + REST
