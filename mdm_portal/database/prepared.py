"""Statements that PostgreSQL plans once a connection, sent straight through libpq.

A cursor of psycopg takes longer over a look-up by id than PostgreSQL does. Values go and come by
psycopg's own adapters, and errors are psycopg's own: what is left out is the cursor.

A leaf: it knows psycopg and nothing of ours.
"""

import select
from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

from psycopg import Connection, OperationalError, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

Statement = tuple[str, Sequence[Any]]
"""SQL with %s for each parameter, and the parameters."""
Answer = tuple[list[Any], int]
"""Rows as tuples, and how many rows there are, or were changed."""
MOST = 200
"""Statements that a connection keeps prepared; a PATCH may name its columns in many ways."""
GOOD = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})
BEGIN: Statement = ("BEGIN", ())
COMMIT: Statement = ("COMMIT", ())


class Request(NamedTuple):
    """A statement as it is sent."""

    name: bytes
    values: Sequence[Any]
    formats: Sequence[Any]
    transformer: Any
    """What reads the answer."""


class Known(NamedTuple):
    """What a connection knows of statements; it goes with the connection."""

    transformer: Any
    """Adapts values and reads answers; to make one costs more than to use it."""
    names: dict[tuple[str, tuple[int, ...]], bytes]
    """What statements are called, by their text and the types of their parameters."""


KNOWN = "mdm_known"
"""The attribute of a connection that holds it."""
_serial = count()


def answer(connection: "Connection[Any]", statement: Statement) -> Answer:
    """Return what PostgreSQL answers; raise what psycopg would."""
    request = _prepared(connection, statement)
    if _begins(connection):
        _begun, result = _results(connection, [_prepared(connection, BEGIN), request])
    else:
        result = connection.pgconn.exec_prepared(request.name, request.values, request.formats)
        _check(connection, result)
    return _answer(request, result)


def answers(
    connection: "Connection[Any]", statements: Sequence[Statement], *, commits: bool
) -> list[Answer]:
    """Return the answers to statements of which PostgreSQL does all or none, in one round trip.

    ``commits``: and ends the transaction.
    """
    begin, commit = [BEGIN] * _begins(connection), [COMMIT] * commits
    requests = [_prepared(connection, item) for item in (*begin, *statements, *commit)]
    results = _results(connection, requests)
    asked = slice(len(begin), len(begin) + len(statements))
    return [_answer(*one) for one in zip(requests[asked], results[asked], strict=True)]


def _answer(request: Request, result: Any) -> Answer:
    """Return what a result says."""
    request.transformer.set_pgresult(result)
    rows = request.transformer.load_rows(0, result.ntuples, tuple)
    request.transformer.set_pgresult(None)
    return rows, result.command_tuples or 0


def _begins(connection: "Connection[Any]") -> bool:
    """Tell whether a transaction is wanted and none is open, so that the next statement begins it.

    A cursor would do so in a round trip of its own.
    """
    is_idle = connection.pgconn.transaction_status == TransactionStatus.IDLE
    return is_idle and not connection.autocommit


def _prepared(connection: "Connection[Any]", statement: Statement) -> Request:
    """Return a statement as it is sent, prepared at its first use."""
    text, parameters = statement
    transformer, names = _known(connection)
    values = transformer.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
    key = text, tuple(transformer.types or ())
    # What was used last stands last: none that is about to be sent is let go.
    names[key] = names.pop(key, b"") or _prepare(connection, *key)
    if len(names) > MOST:
        oldest = names.pop(next(iter(names)))
        _check(connection, connection.pgconn.exec_(b"DEALLOCATE " + oldest))
    return Request(names[key], values, transformer.formats, transformer)


def _known(connection: "Connection[Any]") -> Known:
    """Return what a connection knows."""
    if not hasattr(connection, KNOWN):
        setattr(connection, KNOWN, Known(Transformer(connection), {}))
    found: Known = getattr(connection, KNOWN)
    return found


def _prepare(connection: "Connection[Any]", text: str, types: tuple[int, ...]) -> bytes:
    """Have PostgreSQL read and plan a statement; return the name that it has from now on."""
    name = b"mdm_%d" % next(_serial)
    _check(connection, connection.pgconn.prepare(name, _numbered(text), types))
    return name


def _numbered(text: str) -> bytes:
    """Return a statement with $1, $2, ... for its parameters."""
    first, *others = text.split("%s")
    return "".join([first, *(f"${at}{part}" for at, part in enumerate(others, 1))]).encode()


def _results(connection: "Connection[Any]", requests: Sequence[Request]) -> list[Any]:
    """Return the results of some requests, sent together; raise the first error among them."""
    line = connection.pgconn
    line.enter_pipeline_mode()
    try:
        for request in requests:
            line.send_query_prepared(request.name, request.values, request.formats)
        line.pipeline_sync()
        _send_all(line)
        results = _received(line)
    finally:
        if line.status == ConnStatus.OK:
            line.exit_pipeline_mode()
    for result in results:
        _check(connection, result)
    return results


def _send_all(line: Any) -> None:
    """Send what did not go at once; PostgreSQL may want to be listened to before it takes more."""
    poll = select.poll()
    poll.register(line.socket, select.POLLIN | select.POLLOUT)
    while line.flush():
        poll.poll()
        line.consume_input()


def _received(line: Any) -> list[Any]:
    """Return what comes until the pipeline's end; other threads go on while we wait."""
    poll = select.poll()
    poll.register(line.socket, select.POLLIN)
    found: list[Any] = []
    while True:
        while line.is_busy():
            poll.poll()
            line.consume_input()
        result = line.get_result()
        if result and result.status == ExecStatus.PIPELINE_SYNC:
            return found
        found += [result] if result else []


def _check(connection: "Connection[Any]", result: Any) -> None:
    """Raise psycopg's error for a result that is one."""
    if result.status in GOOD:
        return
    if connection.pgconn.status != ConnStatus.OK:
        raise OperationalError(result.get_error_message())
    raise errors.error_from_result(result)
