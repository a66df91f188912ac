"""``manage.py prepare``: everything a new or upgraded site needs before it serves."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from mdm_portal.administrators import create_administrator, has_administrator
from mdm_portal.management.base import PortalCommand


class Command(PortalCommand):
    """Migrates, collects static files, and makes the first administrator when there is none."""

    help = "Migrate, collect static files, make the first administrator if there is none."

    def run(self, **_options: Any) -> None:
        """Prepare the site."""
        call_command("migrate", verbosity=0, interactive=False)
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        shown = {}
        if not has_administrator():
            made = create_administrator(username="admin", actor=self.actor)
            shown = {"username": made.username, "password": made.password}
        text = "The site is ready."
        if shown:
            text += "\nFirst administrator: {username}, password (shown once): {password}".format(
                **shown
            )
        self.emit(shown, text)
