"""Work that one process does at a time, over all machines that share the database."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

ROOM = 0x4D444D
"""The first half of our keys: other users of the database lock by other ones."""


@contextmanager
def single(name: str) -> Iterator[bool]:
    """Yield whether this process has the lock of that name; it lasts as long as the block.

    The block is a transaction: the lock is the transaction's own, so that it neither outlives a
    killed process nor needs a session, which a connection pooler may not give.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [ROOM, key_of(name)])
        yield bool(cursor.fetchone()[0])


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Tell whether we are alone with ``name`` until the block ends; the block is no transaction.

    For work of many transactions: the lock belongs to a transaction of a connection of its own.
    """
    own = connection.copy()
    own.settings_dict["OPTIONS"].pop("pool", None)
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [ROOM, key_of(name)])
            yield bool(cursor.fetchone()[0])
    finally:
        own.close()


@contextmanager
def one_after_the_other(name: str) -> Iterator[None]:
    """Wait for the lock of that name, and hold it until the transaction ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ROOM, key_of(name)])
        yield


def key_of(name: str) -> int:
    """Return the number that stands for a name, as PostgreSQL takes it."""
    return zlib.crc32(name.encode()) - 2**31
