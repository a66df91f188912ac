"""What every log line of a request or a task tells besides: its id above all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})
_context: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=_NOTHING)


def log_context() -> Mapping[str, str]:
    """Return what the lines tell now."""
    return _context.get()


@contextmanager
def logging_also(**told: str) -> Iterator[None]:
    """Let the lines within tell more."""
    before = _context.set({**_context.get(), **told})
    try:
        yield
    finally:
        _context.reset(before)


def start_log_context(**told: str) -> None:
    """Let the lines tell this and nothing else, until told otherwise."""
    _context.set(told)
