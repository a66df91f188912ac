"""The backend: connections that a restart of PostgreSQL has cut are given to nobody."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg import Connection


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

    def prepared_cursor(self) -> Any:
        """Return a cursor whose statements PostgreSQL plans once a connection, not once a request.

        Not behind a pooler of transactions, where each statement may meet another connection.
        """
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(base.ServerBindingCursor(self.connection))  # type: ignore[attr-defined,call-arg]

    @contextmanager
    def pipeline(self) -> Iterator[None]:
        """Send statements together, in one round trip, and learn at the end what became of them."""
        self.ensure_connection()
        with self.wrap_database_errors, self.connection.pipeline():
            yield


def is_open(connection: "Connection[Any]") -> bool:
    """Tell whether a connection that nobody uses is still good.

    A server that goes says so on the line, or hangs up; one that stays has nothing to say.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not connection.closed and not poll.poll(0)
