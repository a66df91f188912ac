"""Whether the process lives and whether it can serve: for supervisors and balancers."""

from collections.abc import Callable

import redis
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from mdm_portal.valkey import connected

_migrated = False


@login_not_required
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """Return 200 while the process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Return 200 when all parts answer, else 503 naming those that do not."""
    parts = {"database": _state(_database), "broker": _state(_broker)}
    # A database that does not answer is waited for once, not twice.
    known = parts["database"] == "ok"
    parts["migrations"] = _state(_migrations) if known else "unknown"
    ready = all(state == "ok" for state in parts.values())
    body = {"status": "ok" if ready else "unavailable", **parts}
    return JsonResponse(body, status=200 if ready else 503)


def _state(check: Callable[[], bool]) -> str:
    """Return the outcome of one check; causes stay in the log, not in the answer."""
    try:
        return "ok" if check() else "not ready"
    except (DatabaseError, redis.RedisError, OSError):
        return "unreachable"


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    """Tell whether every migration is applied; asked until it is, then remembered."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _broker() -> bool:
    with connected() as broker:
        return bool(broker.ping())
