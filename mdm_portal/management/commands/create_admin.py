"""``manage.py create_admin``: another administrator of the portal."""

import sys
from typing import Any, ClassVar

from django.core.management.base import CommandParser

from mdm_portal.administrators import AdministratorError, create_administrator
from mdm_portal.management.base import PortalCommand
from mdm_portal.roles import ROLES


class Command(PortalCommand):
    """Creates an administrator and prints the password once."""

    help = "Create an administrator of the portal."
    refusals: ClassVar[tuple[type[Exception], ...]] = (AdministratorError,)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add name and source of the password."""
        super().add_arguments(parser)
        parser.add_argument("--username", default="admin")
        parser.add_argument(
            "--role", choices=list(ROLES), help="what may be seen and changed (default: everything)"
        )
        parser.add_argument("--email", default="", help="gets the warnings before a token expires")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def run(self, **options: Any) -> None:
        """Create the administrator."""
        given = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else None
        if options["password_stdin"] and not given:
            raise AdministratorError("No password came from standard input.")
        made = create_administrator(
            username=options["username"],
            password=given,
            role=options["role"],
            email=options["email"],
            actor=self.actor,
        )
        shown = {"username": made.username}
        text = f"Administrator {made.username} created."
        if not given:
            shown["password"] = made.password
            text += f"\nPassword (shown once): {made.password}"
        self.emit(shown, text)
