"""What every log line of a request or a task tells besides: its id above all."""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})
_context: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=_NOTHING)


def log_context() -> Mapping[str, str]:
    """Return what the lines tell now."""
    return _context.get()


class LoggingAlso:
    """Lets the lines within tell more."""

    __slots__ = ("_before", "_told")

    def __init__(self, **told: str) -> None:
        """Tell this besides."""
        self._told = told
        self._before: Token[Mapping[str, str]]

    def __enter__(self) -> None:
        """Begin."""
        self._before = _context.set({**_context.get(), **self._told})

    def __exit__(self, *_error: object) -> None:
        """Tell no more than before."""
        _context.reset(self._before)


def start_log_context(**told: str) -> None:
    """Let the lines tell this and nothing else, until told otherwise."""
    _context.set(told)
