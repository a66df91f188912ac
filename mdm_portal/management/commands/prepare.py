"""``manage.py prepare``: everything a new or upgraded site needs before it serves."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from mdm_portal.administrators import create_administrator, has_administrator
from mdm_portal.management.base import PortalCommand
from scim_provisioning.locks import in_turn


class Command(PortalCommand):
    """Migrates, collects static files, and makes the first administrator when there is none."""

    help = "Migrate, collect static files, make the first administrator if there is none."

    def run(self, **_options: Any) -> None:
        """Prepare the site; what the nodes share, one node after the other."""
        with in_turn("prepare"):
            call_command("migrate", verbosity=0, interactive=False)
            shown = self._first_administrator()
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        text = "The site is ready."
        if shown:
            text += "\nFirst administrator: {username}, password (shown once): {password}".format(
                **shown
            )
        self.emit(shown, text)

    def _first_administrator(self) -> dict[str, str]:
        """Return name and password of the administrator that was made, if there was none."""
        if has_administrator():
            return {}
        made = create_administrator(username="admin", actor=self.actor)
        return {"username": made.username, "password": made.password}
