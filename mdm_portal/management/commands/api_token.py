"""``manage.py api_token``: bearer tokens of the admin API."""

from typing import Any, ClassVar

from django.core.management.base import CommandParser

from mdm_portal.api.models import ApiToken
from mdm_portal.api.tokens import ApiTokenError, issue, revoke
from mdm_portal.management.actions import ActionCommand


class Command(ActionCommand):
    """Makes, lists and deletes tokens."""

    help = "Manage the tokens of the admin API (/api/v1)."
    refusals: ClassVar[tuple[type[Exception], ...]] = (ApiTokenError,)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the actions."""
        super().add_arguments(parser)
        create = self.add_action("create", "make a token and print it, this once")
        create.add_argument("--username", required=True, help="the administrator it acts for")
        create.add_argument("--name", required=True, help="what it is for")
        create.add_argument("--days", type=int, default=365, help="lifetime (default: %(default)s)")
        self.add_action("list", "list the tokens")
        delete = self.add_action("delete", "delete a token")
        delete.add_argument("prefix", help="its visible part")

    def on_create(self, options: dict[str, Any]) -> None:
        """Make a token."""
        if options["days"] < 1:
            raise ApiTokenError("A token lives for a day at least.")
        issued = issue(
            username=options["username"],
            name=options["name"],
            lifetime_days=options["days"],
            actor=self.actor,
        )
        shown = {"token": issued.secret, "expires_at": issued.token.expires_at}
        self.emit(shown, f"Token: {issued.secret}\nIt is shown this once.")

    def on_list(self, _options: dict[str, Any]) -> None:
        """List the tokens."""
        rows = ApiToken.objects.select_related("administrator")
        shown = [
            {
                "prefix": f"{row.key_id}…",
                "name": row.name,
                "administrator": row.administrator.get_username(),
                "expires_at": row.expires_at,
            }
            for row in rows
        ]
        lines = [
            f"{row['prefix']}  {row['administrator']}  {row['name']}  "
            f"expires {row['expires_at']:%Y-%m-%d}"
            for row in shown
        ]
        self.emit(shown, "\n".join(lines) or "There are no API tokens.")

    def on_delete(self, options: dict[str, Any]) -> None:
        """Delete a token."""
        revoke(key_id=options["prefix"], actor=self.actor)
        self.emit({"deleted": options["prefix"]}, f"API token {options['prefix']} deleted.")
