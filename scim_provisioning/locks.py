"""One at a time over all nodes: PostgreSQL's advisory locks."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection, transaction

AGAIN_SECONDS = 0.5


@contextmanager
def single(name: str) -> Iterator[bool]:
    """Tell whether we are alone with ``name`` until the block ends; nobody waits.

    The lock belongs to a transaction on a connection of its own: it ends with a killed process,
    spans the many transactions of a job, and works behind a pooler of transactions.
    """
    own = connection.copy()
    own.settings_dict["OPTIONS"].pop("pool", None)
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            yield cursor.fetchone()[0]
    finally:
        # A closed connection alone would leave the lock until the server notices.
        with suppress(Error):
            own.rollback()
        own.close()


@contextmanager
def in_turn(name: str) -> Iterator[None]:
    """Wait until we are alone with ``name``, and stay so until the block ends.

    It asks again and again: a statement that waits for the lock would be waited for by an index
    that is built concurrently under it.
    """
    while True:
        with single(name) as is_alone:
            if is_alone:
                yield
                return
        time.sleep(AGAIN_SECONDS)


@contextmanager
def one_after_the_other(name: str) -> Iterator[None]:
    """Wait for the lock of that name, and hold it until the transaction ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        yield
