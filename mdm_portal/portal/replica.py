"""Lists that are read from a standby of the database, where there is one (REPLICA_DATABASE_URL).

A leaf that any room may import. Only a view that says so reads there, and only rows of the
directory, the logs and the invitations; SCIM, services and tasks know nothing of it. Whoever has
just changed something reads from the primary, so that nobody misses their own change.
"""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase

ALIAS = "replica"
ROOMS = frozenset({"directory", "activity", "audit", "invitations"})
"""The applications whose rows may be a moment old."""
OWN_CHANGE = "changed"
"""The cookie of somebody who has just changed something."""
OWN_CHANGE_SECONDS = 5
OUT_SECONDS = 30
"""A standby that did not answer is not asked again for so long."""
SAFE = ("GET", "HEAD", "OPTIONS")

logger = logging.getLogger(__name__)
_reads_replica: ContextVar[bool] = ContextVar("reads_replica", default=False)
_out_until = 0.0


class Router:
    """Sends reads of a view that allows it to the standby; everything else to the primary."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        """Return where rows of a model are read."""
        may = _reads_replica.get() and model._meta.app_label in ROOMS
        return ALIAS if may else DEFAULT_DB_ALIAS

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        """Return the primary, also for what was read from the standby."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *_rows: Any, **_hints: Any) -> bool:
        """Return True: both hold the same rows."""
        return True

    def allow_migrate(self, database: str, _app: str, **_hints: Any) -> bool:
        """Tell that the standby gets its tables from the primary."""
        return database != ALIAS


def from_replica(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return a list's view that reads from the standby when there is one and it answers."""

    @wraps(view)
    def wrapper(request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        if not _may_read(request):
            return view(request, *arguments, **options)
        token = _reads_replica.set(True)
        try:
            return view(request, *arguments, **options)
        except (OperationalError, InterfaceError) as error:
            _leave_out(error)
        finally:
            _reads_replica.reset(token)
        return view(request, *arguments, **options)

    return wrapper


class OwnChangeMiddleware:
    """Marks whoever sends a form: their next pages come from the primary."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Go on with ``get_response``; without a standby there is nothing to do."""
        if ALIAS not in connections:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer, with the mark if the request may have changed something."""
        response = self.get_response(request)
        if request.method not in SAFE:
            response.set_cookie(
                OWN_CHANGE,
                "1",
                max_age=OWN_CHANGE_SECONDS,
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
        return response


def ask_again() -> None:
    """Forget that the standby did not answer."""
    global _out_until
    _out_until = 0.0


def _may_read(request: HttpRequest) -> bool:
    """Tell whether this request may be answered with what the standby holds."""
    is_there = ALIAS in connections and time.monotonic() >= _out_until
    return is_there and request.method in SAFE and OWN_CHANGE not in request.COOKIES


def _leave_out(error: Exception) -> None:
    """Ask the primary for a while; the connection that failed is not used again."""
    global _out_until
    _out_until = time.monotonic() + OUT_SECONDS
    connections[ALIAS].close()
    logger.warning("The replica does not answer, lists come from the primary: %s", error)
