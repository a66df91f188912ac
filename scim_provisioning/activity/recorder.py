"""Writes the log behind the requests' backs: a note costs microseconds and never fails a request.

Notes gather in memory and go to the database together, twice a second, by one COPY. The log tells
what went on; what must not be lost is in the audit trail. So a killed process takes the last half
second with it, and an outage of the database what it meets.
"""

import logging
import os
import threading
from collections import deque
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
from django.db import connection

from scim_provisioning.activity.models import ScimRequest

FLUSH_SECONDS = 0.5
REMEMBERED_AT_MOST = 20_000
STRANGERS_A_SECOND = 20
"""Callers without a good token fill the log no faster than this, in one process."""

logger = logging.getLogger(__name__)


class Note(NamedTuple):
    """One request to be logged; the fields are the columns of ScimRequest."""

    occurred_at: datetime
    request_id: str
    provider: str
    token_id: str
    token_name: str
    address: str
    method: str
    path: str
    resource: str
    resource_id: str
    status: int
    scim_type: str
    duration_us: int
    asked: object
    answered: object
    """A value, or bytes that are JSON already."""
    ignored: dict[str, str]


_JSON = frozenset({"asked", "answered", "ignored"})
_notes: deque[Note] = deque(maxlen=REMEMBERED_AT_MOST)
_strangers: deque[datetime] = deque(maxlen=STRANGERS_A_SECOND)
_in_background = False
_writer: threading.Thread | None = None
_starting = threading.Lock()


def note(entry: Note) -> None:
    """Remember a request; a thread writes it soon."""
    if not entry.token_id and _are_too_many(entry.occurred_at):
        return
    _notes.append(entry)
    if _in_background and (_writer is None or not _writer.is_alive()):
        _start_writer()


def forget() -> None:
    """Forget what is not written yet."""
    _notes.clear()
    _strangers.clear()


def write_in_background() -> None:
    """Let this process, and those it forks, write its notes by itself: for servers."""
    global _in_background
    _in_background = True


def flush() -> int:
    """Write what is remembered; return how many requests that were."""
    batch = [_notes.popleft() for _count in range(len(_notes))]
    if batch:
        columns = ", ".join(Note._fields)
        statement = f"COPY {ScimRequest._meta.db_table} ({columns}) FROM STDIN"  # noqa: S608
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for entry in batch:
                copy.write_row(_row(entry))
    return len(batch)


def _are_too_many(now: datetime) -> bool:
    """Tell whether enough strangers have been noted within the last second; else count one."""
    full = len(_strangers) == STRANGERS_A_SECOND
    if full and now - _strangers[0] < timedelta(seconds=1):
        return True
    _strangers.append(now)
    return False


def _row(entry: Note) -> list[object]:
    """Return the values of a note, in the order of the columns."""
    return [
        _json(value) if name in _JSON else value
        for name, value in zip(Note._fields, entry, strict=True)
    ]


def _json(value: object) -> str:
    """Return a value as JSON; "" when there is none."""
    if value is None:
        return ""
    return (value if isinstance(value, bytes) else orjson.dumps(value)).decode()


def _start_writer() -> None:
    """Start the thread that writes; it ends with the process, after a last look."""
    global _writer
    with _starting:
        if _writer is None or not _writer.is_alive():
            # A server's threads are daemons, and what they start would be one too: cut off.
            _writer = threading.Thread(target=_write_until_the_end, name="activity", daemon=False)
            _writer.start()


def _write_until_the_end() -> None:
    """Write twice a second as long as the process serves requests."""
    pause = threading.Event()
    while threading.main_thread().is_alive():
        pause.wait(FLUSH_SECONDS)
        _try_to_flush()
    _try_to_flush()


def _try_to_flush() -> None:
    """Write what is remembered; an outage loses what it meets, and is logged."""
    try:
        flush()
    except Exception:
        logger.exception("The log of SCIM requests could not be written.")
    finally:
        connection.close()


def _forget_writer() -> None:
    """Forget the parent's thread and notes, which are the parent's to write."""
    global _writer
    _writer = None
    forget()


os.register_at_fork(after_in_child=_forget_writer)
