"""The site as a Django app: its commands, and the Celery application."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Makes the Celery application the one that tasks are sent through."""

    name = "mdm_portal"

    def ready(self) -> None:
        """Load the Celery application."""
        from mdm_portal import celery  # noqa: F401
