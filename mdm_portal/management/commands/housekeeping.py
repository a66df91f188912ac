"""``manage.py housekeeping``: the jobs of Celery's clock, now and here."""

import logging
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser

from mdm_portal import jobs
from mdm_portal.management.base import PortalCommand

logger = logging.getLogger(__name__)
WORDS = {"done": "done", "busy": "another process is at it", "off": "off: kept for ever"}


class Command(PortalCommand):
    """Runs jobs one after the other; a failed one does not keep the others from running."""

    help = "Run housekeeping jobs now; without a name, all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the names of the jobs, with what each does."""
        super().add_arguments(parser)
        known = "; ".join(f"{job.name}: {job.does}" for job in jobs.JOBS.values())
        parser.add_argument("job", nargs="*", metavar="JOB", help=known)

    def run(self, **options: Any) -> None:
        """Run the jobs, and fail at the end when one did."""
        unknown = [name for name in options["job"] if name not in jobs.JOBS]
        if unknown:
            raise CommandError(f"No job is named {unknown[0]}: choose from {', '.join(jobs.JOBS)}.")
        outcomes = [_outcome(name) for name in options["job"] or jobs.JOBS]
        self.emit([asdict(outcome) for outcome in outcomes], "\n".join(map(_line, outcomes)))
        failed = [outcome.job for outcome in outcomes if outcome.state == "failed"]
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}.")


def _outcome(name: str) -> jobs.Outcome:
    """Return what became of a job; a failure is logged with its cause."""
    try:
        return jobs.run(name)
    except Exception:
        logger.exception("Job %s failed.", name)
        return jobs.Outcome(name, "failed")


def _line(outcome: jobs.Outcome) -> str:
    """Return one line for people."""
    count = "" if outcome.count is None else f" ({outcome.count})"
    return f"{outcome.job:28}{WORDS.get(outcome.state, outcome.state)}{count}"
