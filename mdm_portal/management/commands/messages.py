"""``manage.py messages``: the catalogues of messages follow the code (for developers)."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError

from mdm_portal.management.base import PortalCommand


class Command(PortalCommand):
    """Gathers the messages of code and templates into ``locale/`` and compiles them."""

    help = "Update and compile the translations; say what is still to translate (developers)."

    def run(self, **_options: Any) -> None:
        """Update every language."""
        try:
            from mdm_portal import messages
        except ImportError as error:  # Babel is in the lock for developers only
            raise CommandError("Babel is missing: install requirements/test.txt.") from error
        outcomes = messages.update()
        lines = []
        for outcome in outcomes:
            lines.append(
                f"{outcome.language}: {outcome.total} messages, {len(outcome.missing)} to translate"
            )
            lines.extend(f"  {text!r}" for text in outcome.missing)
        self.emit([asdict(outcome) for outcome in outcomes], "\n".join(lines))
