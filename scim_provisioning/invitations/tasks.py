"""What Celery runs: idempotent, on any number of workers, as often as it likes."""

from celery import shared_task

from scim_provisioning.invitations import delivery, reminders, wakeups


@shared_task(name=wakeups.TASK)  # type: ignore[untyped-decorator]
def deliver_due() -> None:
    """Send the mails that are due, and come back at once if there are more."""
    if delivery.deliver_due():
        wakeups.call()


def remind() -> int:
    """Put the reminders that are due into the outbox, and wake it; return how many."""
    if count := reminders.put_into_the_outbox():
        wakeups.call()
    return count
