"""Room for Python's frames, so that deep calls do not ask the kernel for memory time and again."""

from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
SIZE = 16_000
"""Words of a frame for which Python takes 256 KB, half of them for what is called from there."""


def with_room(function: Callable[..., Answer], *arguments: object) -> Answer:
    """Return what a function returns; below it, frames need no more memory.

    CPython keeps frames in pieces of 16 KB, and gives a piece back with the first frame in it. A
    loop just at such an edge, as in a template, had the kernel map one for each call.
    """
    return function(*arguments)


with_room.__code__ = with_room.__code__.replace(co_stacksize=SIZE)
