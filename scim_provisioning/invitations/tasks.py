"""What Celery runs: idempotent, on any number of workers, as often as it likes."""

from celery import shared_task

from scim_provisioning.invitations import delivery, expiry, reminders, wakeups


@shared_task(name=wakeups.TASK)  # type: ignore[untyped-decorator]
def deliver_due() -> None:
    """Send the mails that are due, and come back at once if there are more."""
    if delivery.deliver_due():
        wakeups.call()


@shared_task(name="scim_provisioning.invitations.tasks.remind")  # type: ignore[untyped-decorator]
def remind() -> None:
    """Put the reminders that are due into the outbox."""
    if reminders.put_into_the_outbox():
        wakeups.call()


@shared_task(name="scim_provisioning.invitations.tasks.expire")  # type: ignore[untyped-decorator]
def expire() -> None:
    """Expire the invitations that nobody answered in time."""
    expiry.expire_late()
