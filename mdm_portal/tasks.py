"""What Celery's clock starts: idempotent, on any number of workers and nodes."""

import logging

from celery import shared_task

from mdm_portal import jobs

logger = logging.getLogger(__name__)


@shared_task(name=jobs.TASK)  # type: ignore[untyped-decorator]
def housekeep(name: str) -> None:
    """Run one of the jobs; a job of another release is left to those who know it."""
    if name not in jobs.JOBS:
        logger.warning("There is no job named %s here.", name)
        return
    outcome = jobs.run(name)
    logger.info("Job %s: %s", name, outcome.state, extra={"count": outcome.count})
