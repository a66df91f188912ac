"""The backend: connections that a restart of PostgreSQL has cut are given to nobody.

A thread that is busy keeps its connection from one request to the next, as long as the pool has as
many for others: to hand it back and take it again costs a tenth of a request.
"""

import select
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC
from threading import Semaphore, local
from typing import Any, ClassVar

from django.db.backends.postgresql import base, operations
from django.utils.functional import cached_property
from psycopg import Connection

from mdm_portal.database import prepared
from mdm_portal.database.moments import read_quickly
from mdm_portal.database.prepared import Answer, Statement

KEPT_SECONDS = 10.0
_of_thread = local()
"""What ends with a thread, by alias."""


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, which knows of cursors of one kind only."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """Return a statement with its parameters, for the log of statements."""
        if isinstance(cursor, base.ServerBindingCursor):
            return str(self.compose_sql(sql, params))
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL, out of a pool."""

    ops_class = DatabaseOperations
    _keepers: ClassVar[dict[str, Semaphore]] = {}
    """How many more threads may keep a connection, by alias."""
    is_kept = False
    """Whether the thread keeps its connection for the requests to come."""

    def connect(self) -> None:
        """Take a connection out of the pool, perhaps for the requests to come as well."""
        super().connect()
        if self.pool and self._keeper.acquire(blocking=False):
            self.is_kept = True
            self.close_at = time.monotonic() + KEPT_SECONDS
            if self.alias not in vars(_of_thread):
                vars(_of_thread)[self.alias] = ThreadEnd(self)

    def close_if_unusable_or_obsolete(self) -> None:
        """Give back a connection that was kept long enough, or that the server has closed."""
        super().close_if_unusable_or_obsolete()
        if self.is_kept and not self.in_atomic_block and not is_open(self.connection):
            self.close()

    def _close(self) -> None:
        """Give the connection back."""
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self.is_kept:
                self.is_kept = False
                self._keeper.release()

    def give_back(self) -> None:
        """Give back a connection that was kept."""
        if self.is_kept and self.connection is not None:
            self._close()

    @cached_property
    def _keeper(self) -> Semaphore:
        """Return what counts the threads that may keep a connection: half of the pool's."""
        return self._keepers.setdefault(self.alias, Semaphore(self.pool.max_size // 2))

    def get_connection_params(self) -> dict[str, Any]:
        """Return how to connect, and how to read what comes."""
        found: dict[str, Any] = super().get_connection_params()
        if self.timezone == UTC:
            read_quickly(found["context"])
        return found

    def get_new_connection(self, conn_params: Any) -> Any:
        """Return a connection that the server has not closed.

        Django's own health check asks the server each time, which costs a request of an identity
        provider as much as its look-up.
        """
        for _former in range(self.pool.max_size if self.pool else 0):
            connection = super().get_new_connection(conn_params)
            if is_open(connection):
                return connection
            connection.close()
            self.pool.putconn(connection)
        return super().get_new_connection(conn_params)

    def answer(self, statement: Statement) -> Answer:
        """Return what PostgreSQL answers to a statement, which it plans once a connection."""
        self.ensure_connection()
        with self.wrap_database_errors:
            if self._is_direct:
                return prepared.answer(self.connection, statement)
            with self._server_cursor() as cursor:
                cursor.execute(*statement)
                return _told(cursor)

    def answers(self, statements: Sequence[Statement], *, are_last: bool = False) -> list[Answer]:
        """Return the answers to statements of which all or none are done, in one round trip.

        ``are_last``: nothing else happens in this transaction, which may end with them.
        """
        self.ensure_connection()
        with self.wrap_database_errors:
            if self._is_direct:
                commits = are_last and len(self.atomic_blocks) == 1
                return prepared.answers(self.connection, statements, commits=commits)
            with ExitStack() as opened:
                cursors = [opened.enter_context(self._server_cursor()) for _one in statements]
                with self.connection.pipeline():
                    for cursor, statement in zip(cursors, statements, strict=True):
                        cursor.execute(*statement)
                return [_told(cursor) for cursor in cursors]

    @property
    def _is_direct(self) -> bool:
        """Tell whether statements may go past Django's cursors, where nobody listens in.

        Not behind a pooler of transactions, where each statement may meet another connection.
        """
        self.validate_no_broken_transaction()
        is_watched = self.queries_logged or self.execute_wrappers
        return not (is_watched or self.settings_dict["DISABLE_SERVER_SIDE_CURSORS"])

    def _server_cursor(self) -> Any:
        """Return a cursor that leaves the parameters to PostgreSQL."""
        return self._prepare_cursor(base.ServerBindingCursor(self.connection))  # type: ignore[attr-defined,call-arg]


def _told(cursor: Any) -> Answer:
    """Return what a cursor was answered."""
    return cursor.fetchall() if cursor.description else [], cursor.rowcount


class ThreadEnd:
    """Gives back the connection of a thread when it ends, which a server's do when it is quiet.

    The wrapper itself is part of a circle of references: until that is looked for, the connection
    would be nobody's, and no other thread might keep one.
    """

    def __init__(self, wrapper: DatabaseWrapper) -> None:
        """Wait for the end of the current thread."""
        self._wrapper = wrapper

    def __del__(self) -> None:
        """Give the connection back."""
        self._wrapper.give_back()


def is_open(connection: "Connection[Any]") -> bool:
    """Tell whether a connection that nobody uses is still good.

    A server that goes says so on the line, or hangs up; one that stays has nothing to say.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not connection.closed and not poll.poll(0)
