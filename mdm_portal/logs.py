"""Logs for machines: a JSON object a line, with the id of the request that it is about."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

from audit.log_context import log_context

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
        "formatters": {"chosen": {"()": Formatter, "form": form}},
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


class Formatter(logging.Formatter):
    """Writes a record, be it ours or a library's."""

    def __init__(self, form: str = JSON) -> None:
        """Write in a form, ``json`` or ``line``."""
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat()
        entry = {
            "timestamp": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **log_context(),
            **{name: vars(record)[name] for name in FIELDS if name in vars(record)},
        }
        if record.exc_info and record.exc_info[0]:
            entry["exception"] = self.formatException(record.exc_info)
        return _as_json(entry) if self.form == JSON else _as_line(entry)


def _as_json(entry: dict[str, Any]) -> str:
    """Return one line of JSON; what JSON does not know is written as text."""
    return orjson.dumps(entry, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()


def _as_line(entry: dict[str, Any]) -> str:
    """Return a line for people, a traceback below it."""
    cause = entry.pop("exception", "")
    head = " ".join(str(entry.pop(key)) for key in ("timestamp", "level", "logger", "event"))
    rest = "".join(f" {name}={value}" for name, value in entry.items())
    return f"{head}{rest}" + (f"\n{cause}" if cause else "")
