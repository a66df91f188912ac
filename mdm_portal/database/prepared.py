"""Statements that PostgreSQL plans once a connection, sent straight through libpq.

A cursor of psycopg takes longer over a look-up by id than PostgreSQL does. Values go and come by
psycopg's own adapters, and errors are psycopg's own: what is left out is the cursor.

A leaf: it knows psycopg and nothing of ours.
"""

import select
from collections.abc import Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection, OperationalError, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

Statement = tuple[str, Sequence[Any]]
"""SQL with %s for each parameter, and the parameters."""
Answer = tuple[list[Any], int]
"""Rows as tuples, and how many rows there are, or were changed."""
Names = dict[tuple[str, tuple[int, ...]], bytes]
"""What statements are called, by their text and the types of their parameters."""
MOST = 200
"""Statements that a connection keeps prepared; a PATCH may name its columns in many ways."""
GOOD = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK, ExecStatus.PIPELINE_SYNC})

_serial = count()
_names: WeakKeyDictionary["Connection[Any]", Names] = WeakKeyDictionary()


def answer(connection: "Connection[Any]", statement: Statement) -> Answer:
    """Return what PostgreSQL answers; raise what psycopg would."""
    _begin(connection)
    name, transformer, values = _prepared(connection, statement)
    result = connection.pgconn.exec_prepared(name, values, transformer.formats)
    _check(connection, result)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple), result.command_tuples or 0


def do_all(connection: "Connection[Any]", statements: Sequence[Statement]) -> None:
    """Have PostgreSQL do all or none of some statements, in one round trip."""
    _begin(connection)
    made = [_prepared(connection, statement) for statement in statements]
    line = connection.pgconn
    line.enter_pipeline_mode()
    try:
        for name, transformer, values in made:
            line.send_query_prepared(name, values, transformer.formats)
        line.pipeline_sync()
        results = _results(connection)
    finally:
        if line.status == ConnStatus.OK:
            line.exit_pipeline_mode()
    for result in results:
        _check(connection, result)


def _begin(connection: "Connection[Any]") -> None:
    """Begin a transaction where one is wanted and none is open, as a cursor does."""
    line = connection.pgconn
    if not connection.autocommit and line.transaction_status == TransactionStatus.IDLE:
        _check(connection, line.exec_(b"BEGIN"))


def _prepared(
    connection: "Connection[Any]", statement: Statement
) -> tuple[bytes, Any, Sequence[Any]]:
    """Return the name of a statement, prepared at its first use, what adapts it, its values."""
    text, parameters = statement
    transformer: Any = Transformer(connection)
    values = transformer.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
    key = text, tuple(transformer.types or ())
    names = _names.setdefault(connection, {})
    if key not in names:
        names[key] = _prepare(connection, *key)
        if len(names) > MOST:
            oldest = names.pop(next(iter(names)))
            _check(connection, connection.pgconn.exec_(b"DEALLOCATE " + oldest))
    return names[key], transformer, values


def _prepare(connection: "Connection[Any]", text: str, types: tuple[int, ...]) -> bytes:
    """Have PostgreSQL read and plan a statement; return the name that it has from now on."""
    name = b"mdm_%d" % next(_serial)
    _check(connection, connection.pgconn.prepare(name, _numbered(text), types))
    return name


def _numbered(text: str) -> bytes:
    """Return a statement with $1, $2, ... for its parameters."""
    first, *others = text.split("%s")
    return "".join([first, *(f"${at}{part}" for at, part in enumerate(others, 1))]).encode()


def _results(connection: "Connection[Any]") -> list[Any]:
    """Return what comes until the pipeline's end; other threads go on while we wait."""
    line, poll = connection.pgconn, select.poll()
    found: list[Any] = []
    poll.register(line.socket, select.POLLIN)
    while not found or found[-1].status != ExecStatus.PIPELINE_SYNC:
        while line.is_busy():
            line.flush()
            poll.poll()
            line.consume_input()
        if result := line.get_result():
            found.append(result)
    return found


def _check(connection: "Connection[Any]", result: Any) -> None:
    """Raise psycopg's error for a result that is one."""
    if result.status in GOOD:
        return
    if connection.pgconn.status != ConnStatus.OK:
        raise OperationalError(result.get_error_message())
    raise errors.error_from_result(result)
