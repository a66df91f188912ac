"""A busy thread keeps its connection; one that ends gives it back at once."""

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from mdm_portal.database.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)
wrapper: Any = connection


@pytest.fixture(autouse=True)
def _nobody_keeps_one_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count from here on: threads of other tests may live still."""
    monkeypatch.setattr(DatabaseWrapper, "_keepers", {})


@pytest.fixture
def without_looking_for_garbage() -> Iterator[None]:
    """Leave circles of references as they are."""
    gc.disable()
    yield
    gc.enable()


def use() -> int:
    """Use the thread's connection as a request does; return which process serves it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found = int(cursor.fetchone()[0])
    wrapper.close_if_unusable_or_obsolete()
    return found


def test_a_thread_meets_the_same_connection_again() -> None:
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(use).result() == thread.submit(use).result()


def test_no_more_than_half_of_the_pool_is_kept() -> None:
    most = wrapper.pool.max_size // 2
    threads = [ThreadPoolExecutor(1) for _number in range(most + 1)]
    try:
        for thread in threads:
            thread.submit(use).result()
        kept = [thread.submit(lambda: connections["default"].connection) for thread in threads]
        assert sum(one.result() is not None for one in kept) <= most
    finally:
        for thread in threads:
            thread.shutdown()


def test_a_thread_that_ends_leaves_its_connection_to_others(
    without_looking_for_garbage: None,
) -> None:
    for _quiet_hour in range(wrapper.pool.max_size * 2):
        with ThreadPoolExecutor(1) as thread:
            thread.submit(use).result()
            assert thread.submit(lambda: connections["default"].connection).result() is not None
