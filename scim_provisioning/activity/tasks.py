"""What Celery runs for the log: idempotent, on any number of workers."""

from celery import shared_task

from scim_provisioning.activity import services


@shared_task(name="scim_provisioning.activity.tasks.prune")  # type: ignore[untyped-decorator]
def prune() -> int:
    """Delete what the log has kept long enough; return how many requests that were."""
    return services.prune()
