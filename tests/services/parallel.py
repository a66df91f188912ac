"""Real concurrency: threads, each with its own connection, that start at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

Outcome = TypeVar("Outcome")


def in_parallel(works: list[Callable[[], Outcome]]) -> list[Outcome | Exception]:
    """Return what each piece of work returned or raised."""
    start = Barrier(len(works))

    def one(work: Callable[[], Outcome]) -> Outcome | Exception:
        try:
            start.wait()
            return work()
        except Exception as error:  # noqa: BLE001 - the outcome of a thread is what is tested
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))
