"""Logs for machines: a JSON object a line, with the id of the request that it is about."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

FIELDS = ("method", "route", "resource", "provider", "status", "duration_ms", "count")
"""What a log call may add to its line by ``extra``; nothing else gets in by accident."""
JSON, LINE = "json", "line"


def default_format() -> str:
    """Return ``line`` for a person at a terminal, else ``json``."""
    return LINE if sys.stderr.isatty() else JSON


def configuration(form: str, level: str) -> dict[str, Any]:
    """Return the LOGGING setting."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": formatter, "form": form}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "chosen"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # It logs request bodies, passwords included, at DEBUG.
            "django_scim": {"handlers": [], "propagate": False, "level": "CRITICAL"},
            # A refused request is the caller's affair, and was told to the caller.
            "django.request": {"level": "ERROR"},
            # It greets whenever a command starts.
            "axes.apps": {"level": "WARNING"},
            # It tells of each HTTP request that we send.
            "httpx": {"level": "WARNING"},
        },
    }


def formatter(form: str = JSON) -> logging.Formatter:
    """Return what writes a record, be it ours or a library's."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=FIELDS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last = _as_json if form == JSON else _as_line
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )


def _as_json(_logger: object, _name: str, entry: MutableMapping[str, Any]) -> str:
    """Return one line of JSON; what JSON does not know is written as text."""
    return orjson.dumps(dict(entry), default=repr, option=orjson.OPT_NON_STR_KEYS).decode()


def _as_line(_logger: object, _name: str, entry: MutableMapping[str, Any]) -> str:
    """Return a line for people, a traceback below it."""
    cause = entry.pop("exception", "")
    head = " ".join(str(entry.pop(key)) for key in ("timestamp", "level", "logger", "event"))
    rest = "".join(f" {name}={value}" for name, value in entry.items())
    return f"{head}{rest}" + (f"\n{cause}" if cause else "")
