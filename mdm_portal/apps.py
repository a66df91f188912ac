"""The site as a Django app: its commands, and the tasks that are sent from it."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Has invitations wake the workers of Celery."""

    name = "mdm_portal"

    def ready(self) -> None:
        """Send the calls of the outbox."""
        from scim_provisioning.invitations import wakeups

        wakeups.send_with(_send)


def _send(task: str, countdown: float) -> None:
    """Send a task through Celery, which SCIM need not wait for: it is loaded now at the latest."""
    from mdm_portal import celery

    celery.send(task, countdown)
