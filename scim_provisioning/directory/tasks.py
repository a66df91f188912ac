"""What Celery runs for the directory: idempotent, on any number of workers."""

from celery import shared_task

from scim_provisioning.directory import imports


@shared_task(name="scim_provisioning.directory.tasks.forget_old_imports")  # type: ignore[untyped-decorator]
def forget_old_imports() -> int:
    """Delete files of users that nobody applied for a day; return how many that were."""
    return imports.forget_old()
