"""The housekeeping: each job declared once, for the clock, the workers and the command.

The settings read this; so it knows the jobs by their dotted names and imports none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from scim_provisioning.locks import single

TASK = "mdm_portal.tasks.housekeep"


@dataclass(frozen=True, slots=True)
class Job:
    """One job: idempotent, and run by one process at a time whatever the number of nodes."""

    name: str
    does: str
    every: timedelta
    work: str
    """Dotted name of a function that returns how many rows it saw to, if it counts them."""
    kept_days: str = ""
    """The setting that says for how long; given to ``work``. 0 is for ever."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run."""

    job: str
    state: str
    """``done``, ``busy`` (another process is at it) or ``off`` (kept for ever)."""
    count: int | None = None


JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        Job(
            "deliver-invitations",
            "send the invitations that a lost wake-up left behind",
            timedelta(seconds=30),
            "scim_provisioning.invitations.tasks.deliver_due",
        ),
        Job(
            "remind-invited",
            "remind those who have not answered their invitation",
            timedelta(minutes=5),
            "scim_provisioning.invitations.tasks.remind",
        ),
        Job(
            "expire-invitations",
            "expire the invitations that nobody answered in time",
            timedelta(minutes=15),
            "scim_provisioning.invitations.expiry.expire_late",
        ),
        Job(
            "expire-tokens",
            "write the audit event of each SCIM token that has expired",
            timedelta(minutes=1),
            "scim_provisioning.tokens.expiry.note_expired",
        ),
        Job(
            "warn-about-tokens",
            "tell administrators by e-mail 30, 7 and 1 days before a SCIM token expires",
            timedelta(minutes=15),
            "mdm_portal.token_warnings.send",
        ),
        Job(
            "prune-request-log",
            "delete SCIM requests that were logged long ago",
            timedelta(hours=1),
            "scim_provisioning.activity.services.prune",
            "REQUEST_LOG_RETENTION_DAYS",
        ),
        Job(
            "prune-audit-trail",
            "delete audit events of long ago",
            timedelta(hours=1),
            "audit.retention.prune",
            "AUDIT_RETENTION_DAYS",
        ),
        Job(
            "erase-deprovisioned-users",
            "delete users who were deprovisioned long ago",
            timedelta(hours=1),
            "scim_provisioning.directory.retention.erase_deprovisioned",
            "DEPROVISIONED_RETENTION_DAYS",
        ),
        Job(
            "fold-attribute-counts",
            "sum up how many users have a value of each custom attribute",
            timedelta(minutes=1),
            "scim_provisioning.directory.attribute_counts.fold",
        ),
        Job(
            "forget-deleted-attributes",
            "delete what is left of the values of deleted custom attributes",
            timedelta(minutes=1),
            "scim_provisioning.settings.deleted_values.forget_rest",
        ),
        Job(
            "forget-imports",
            "delete files of users that are a day old",
            timedelta(hours=1),
            "scim_provisioning.directory.imports.forget_old",
        ),
        Job(
            "clear-sessions",
            "delete sessions of administrators that have ended",
            timedelta(hours=1),
            "mdm_portal.sessions.clear_ended",
        ),
    )
}


def schedule() -> dict[str, dict[str, Any]]:
    """Return the schedule of Celery's clock; what nobody took in time is dropped."""
    return {
        job.name: {
            "task": TASK,
            "args": [job.name],
            "schedule": job.every,
            "options": {"expires": job.every.total_seconds()},
        }
        for job in JOBS.values()
    }


def run(name: str) -> Outcome:
    """Run a job now, unless another process is at it; return what became of it."""
    job = JOBS[name]
    arguments = [timedelta(days=getattr(settings, job.kept_days))] if job.kept_days else []
    if arguments == [timedelta()]:
        return Outcome(name, "off")
    work: Callable[..., int | None] = import_string(job.work)
    with single(f"housekeeping {name}") as alone:
        return Outcome(name, "done", work(*arguments)) if alone else Outcome(name, "busy")
