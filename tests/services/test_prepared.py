"""Statements that go past psycopg's cursors answer, fail and take part in transactions as those do.

``CaptureQueriesContext`` listens in, and so makes the same statement go by a cursor.
"""

import asyncio
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import (
    DEFAULT_DB_ALIAS,
    DataError,
    IntegrityError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from mdm_portal.database import prepared, statements
from mdm_portal.database.statements import has_effect, rows_of, rows_of_all, run

pytestmark = pytest.mark.django_db(transaction=True)
NASTY = "50% off_ “שלום” 🐘 ' \" \\ $1"
VALUES: list[Any] = [NASTY, "", None, True, 7, 2**40, UUID(int=5), datetime(2026, 1, 2, tzinfo=UTC)]
ECHO = "SELECT %s::text, %s::text, %s::text, %s::bool, %s::int, %s::int8, %s::uuid, %s::timestamptz"
ADD = "INSERT INTO directory_total (kind, shard, number) VALUES (%s, %s, %s)"
COUNT = "SELECT count(*) FROM directory_total WHERE kind = %s"


def count(kind: str) -> int:
    """Return how many rows a test has added."""
    return int(rows_of(COUNT, [kind])[0][0])


def test_values_go_and_come_as_by_a_cursor() -> None:
    with CaptureQueriesContext(connection) as seen:
        by_cursor = rows_of(ECHO, VALUES)
    assert len(seen) == 1
    assert rows_of(ECHO, VALUES) == by_cursor == [tuple(VALUES)]


def test_the_connection_is_the_one_that_django_means_in_a_loop_too() -> None:
    async def is_the_same() -> bool:
        return statements.connection.answer.__self__ is connections[DEFAULT_DB_ALIAS]

    assert asyncio.run(is_the_same())
    assert statements.connection.answer.__self__ is connections[DEFAULT_DB_ALIAS]


def test_a_statement_takes_values_of_one_type_after_another() -> None:
    asked = (7, 2**40, "seven", None, True, UUID(int=5), "", -7)
    told = [rows_of("SELECT %s::text", [value])[0][0] for value in asked]
    assert told == ["7", str(2**40), "seven", None, "true", str(UUID(int=5)), "", "-7"]


@pytest.mark.parametrize("is_watched", [False, True])
def test_answers_of_several_come_together(is_watched: bool) -> None:
    seen = CaptureQueriesContext(connection) if is_watched else nullcontext()
    with seen, transaction.atomic():
        changed = (ADD, ["together", 1, 1])
        found = rows_of_all((ECHO, VALUES), changed, ("SELECT 1 WHERE %s", [False]))
        assert found == [[tuple(VALUES)], [], []]
    assert count("together") == 1


def test_a_large_value_goes_through() -> None:
    assert rows_of("SELECT length(%s::text)", ["é" * 3_000_000]) == [(3_000_000,)]


def test_several_large_values_go_through_together() -> None:
    ask = "SELECT pg_advisory_unlock_all(), %s::text"
    run(*[(ask, [letter * 20_000_000]) for letter in "abc"])
    assert rows_of("SELECT 1", []) == [(1,)]


def test_the_effect_is_told() -> None:
    change = "UPDATE directory_total SET number = 2 WHERE kind = %s"
    assert has_effect((ADD, ["told", 1, 1]))
    assert has_effect((change, ["told"]))
    assert not has_effect((change, ["nobody"]))


def test_what_is_refused_is_named_and_the_connection_goes_on() -> None:
    run((ADD, ["named", 1, 1]))
    with pytest.raises(IntegrityError, match="duplicate key"):
        has_effect((ADD, ["named", 1, 1]))
    with pytest.raises(DataError, match="out of range"):
        has_effect((ADD, ["named", 99_999, 1]))
    assert count("named") == 1


def test_of_several_statements_all_are_done_or_none() -> None:
    with pytest.raises(IntegrityError):
        run((ADD, ["several", 1, 1]), (ADD, ["several", 1, 1]), (ADD, ["several", 2, 1]))
    assert count("several") == 0
    run((ADD, ["several", 1, 1]), (ADD, ["several", 2, 1]))
    assert count("several") == 2


def test_a_transaction_takes_it_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        run((ADD, ["undone", 1, 1]), (ADD, ["undone", 2, 1]))
        raise ZeroDivisionError
    assert count("undone") == 0


def test_a_savepoint_takes_it_back_alone() -> None:
    with transaction.atomic():
        has_effect((ADD, ["saved", 1, 1]))
        with pytest.raises(IntegrityError), transaction.atomic():
            has_effect((ADD, ["saved", 1, 1]))
        has_effect((ADD, ["saved", 2, 1]))
    assert count("saved") == 2


def test_a_broken_transaction_takes_no_more() -> None:
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            run((ADD, ["broken", 1, 1]), (ADD, ["broken", 1, 1]))
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            rows_of(COUNT, ["broken"])


def test_statements_of_many_kinds_do_not_pile_up() -> None:
    for number in range(prepared.MOST + 20):
        with transaction.atomic():
            assert rows_of(f"SELECT {number} + %s::int", [1]) == [(number + 1,)]
            run((f"SELECT {number}, %s::int", [1]), (f"SELECT %s::int, {number}", [1]))
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE %s"
    assert rows_of(kept, ["mdm%"]) == [(prepared.MOST,)]


@pytest.mark.parametrize("ask", [lambda: count("cut"), lambda: run((ADD, ["cut", 1, 1]))])
def test_a_connection_that_was_cut_is_told_as_such(ask: Any) -> None:
    ((process,),) = rows_of("SELECT pg_backend_pid()", [])
    killer = connections.create_connection("default")
    killer.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    killer.close()
    with pytest.raises(OperationalError):
        ask()
    connection.close()
    assert count("cut") == 0
