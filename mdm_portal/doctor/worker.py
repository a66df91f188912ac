"""The broker, the worker behind it, and whether the outbox is emptied."""

from datetime import timedelta
from typing import Any

import redis
from django.utils import timezone
from kombu.exceptions import OperationalError

from mdm_portal.celery import app
from mdm_portal.doctor.findings import Finding, failure, ok, warning
from mdm_portal.valkey import connected
from scim_provisioning.invitations.backlog import backlog

PATIENCE = 3
LATE, VERY_LATE = timedelta(minutes=2), timedelta(minutes=15)
START = "Start it: `celery -A mdm_portal worker -B` (`up` does so by itself)."


def check_broker() -> Finding:
    """Ask Valkey or Redis, and whether it may throw messages away."""
    try:
        with connected() as broker:
            broker.ping()
            memory: Any = broker.info("memory")
    except (redis.RedisError, OSError, ValueError) as error:
        return failure(
            f"Valkey or Redis does not answer: {error}",
            "Start it, or correct REDIS_URL (host, port, password).",
        )
    policy = str(memory.get("maxmemory_policy", "noeviction"))
    if memory.get("maxmemory") and policy != "noeviction":
        return warning(
            f"When its memory is full, it drops keys ({policy}).",
            "Set maxmemory-policy to noeviction: dropped messages wake no worker.",
        )
    return ok("It answers.")


def check_worker() -> Finding:
    """Ask all workers; the first answer will do."""
    try:
        answers = app.control.inspect(timeout=PATIENCE, limit=1).ping()
    except (OperationalError, OSError) as error:
        return failure(f"No worker could be asked: {error}", START)
    if not answers:
        return failure(f"No worker answers within {PATIENCE} seconds.", START)
    return ok(f"{next(iter(answers))} answers.")


def check_outbox() -> Finding:
    """Look how long the oldest due invitation has waited."""
    found = backlog()
    late = timezone.now() - found.oldest_due_at if found.oldest_due_at else timedelta()
    if late < LATE:
        return ok(f"{found.due} due, {found.waiting} waiting for their time.")
    minutes = int(late.total_seconds() // 60)
    words = f"{found.due} invitations are due, the oldest for {minutes} minutes."
    advice = "Look at the mail server first, then at the worker's log and its schedule (-B)."
    return failure(words, advice) if late >= VERY_LATE else warning(words, advice)
