"""SCIM tokens from the command line: the same services as the User Provisioning page."""

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.timezone import localtime

from mdm_portal.management.actions import ActionCommand
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.tokens import services
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.secrets import MARK
from scim_provisioning.tokens.selectors import current_tokens

NEVER = "never"
SHORTEST_PREFIX = 3
LIFETIMES = [str(days or NEVER) for days in services.LIFETIMES]


class Command(ActionCommand):
    """Generates, lists, activates, deactivates, renews and removes SCIM tokens."""

    help = "Manage the SCIM tokens of identity providers (at most 2 in the whole portal)."
    refusals: ClassVar = (services.TokenError,)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add one sub-command for each operation."""
        super().add_arguments(parser)
        made = self.add_action("generate", "make a token and print it, this once")
        made.add_argument("--idp", required=True, choices=list(PROVIDERS), help="whose token")
        made.add_argument(
            "--lifetime",
            choices=LIFETIMES,
            default=str(services.DEFAULT_LIFETIME),
            help="days until it expires (default: %(default)s)",
        )
        self.add_action("list", "list the tokens")
        self._of_token("activate", "set a token to active")
        self._of_token("deactivate", "set a token to inactive")
        self._of_token("renew", "replace a token's secret and print the new one").add_argument(
            "--overlap",
            type=int,
            choices=services.OVERLAP_HOURS,
            default=services.DEFAULT_OVERLAP,
            help="hours that the old secret stays valid (default: %(default)s)",
        )
        removed = self._of_token("remove", "remove a token for good")
        removed.add_argument("--yes", action="store_true", help="do not ask")

    def _of_token(self, name: str, words: str) -> CommandParser:
        """Return the parser of an action on one token."""
        action = self.add_action(name, words)
        action.add_argument("id", metavar="ID", help="the visible prefix of a token, or its id")
        return action

    def on_generate(self, options: dict[str, Any]) -> None:
        """Make a token and print it."""
        lifetime = options["lifetime"]
        issued = services.generate(
            provider=options["idp"],
            lifetime_days=None if lifetime == NEVER else int(lifetime),
            actor=self.actor,
        )
        self._print_issued(issued)

    def on_list(self, _options: dict[str, Any]) -> None:
        """Print the tokens that fill slots."""
        tokens = list(current_tokens())
        lines = [_line(token) for token in tokens] or ["No token exists yet."]
        self.emit([_described(token) for token in tokens], "\n".join(lines))

    def on_activate(self, options: dict[str, Any]) -> None:
        """Set a token to active."""
        self._print(services.activate(token_id=_find(options["id"]).id, actor=self.actor))

    def on_deactivate(self, options: dict[str, Any]) -> None:
        """Set a token to inactive."""
        self._print(services.deactivate(token_id=_find(options["id"]).id, actor=self.actor))

    def on_renew(self, options: dict[str, Any]) -> None:
        """Replace a token's secret and print the new one."""
        issued = services.renew(
            token_id=_find(options["id"]).id, overlap_hours=options["overlap"], actor=self.actor
        )
        self._print_issued(issued)

    def on_remove(self, options: dict[str, Any]) -> None:
        """Remove a token, once that is confirmed."""
        token = _find(options["id"])
        question = f"Remove {_line(token)}? This cannot be undone."
        self.confirm(question, options)
        services.remove(token_id=token.id, actor=self.actor)
        self.emit({"removed": str(token.id)}, f"Removed {token.prefix}")

    def _print(self, token: ScimToken) -> None:
        self.emit(_described(token), _line(token))

    def _print_issued(self, issued: services.IssuedToken) -> None:
        """Print a token with its secret: the only moment that it is known."""
        url = f"{settings.PUBLIC_URL or settings.LOCAL_URL}/scim/v2"
        data = _described(issued.token) | {"token": issued.secret, "scim_url": url}
        lines = [
            f"Token: {issued.secret}",
            f"Target SCIM URL: {url}",
            "Save it now, it is not shown again.",
        ]
        self.emit(data, "\n".join(lines))


def _find(name: str) -> ScimToken:
    """Return the token of an id, or of the start of a visible prefix that only one token has."""
    tokens = current_tokens()
    try:
        found = list(tokens.filter(id=UUID(name)))
    except ValueError:
        start = name.rstrip("…").removesuffix("...")
        start = start if start.startswith(MARK) else f"{MARK}{start}"
        long_enough = len(start) >= len(MARK) + SHORTEST_PREFIX
        found = list(tokens.filter(key_id__startswith=start)) if long_enough else []
    if len(found) > 1:
        raise services.TokenStateError(f"{name} fits more than one token: write more of it.")
    if not found:
        raise services.TokenNotFound
    return found[0]


def _described(token: ScimToken) -> dict[str, object]:
    """Return a token for scripts."""
    return {
        "id": token.id,
        "prefix": token.key_id,
        "idp": token.provider,
        "status": token.status,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "last_used_address": token.last_used_address or None,
    }


def _line(token: ScimToken) -> str:
    """Return a token for people."""
    expires = f"{localtime(token.expires_at):%Y-%m-%d %H:%M}" if token.expires_at else "never"
    used = f"{localtime(token.last_used_at):%Y-%m-%d %H:%M}" if token.last_used_at else "never"
    name = token.provider_declaration.full_name
    return f"{token.prefix}  {name}  {token.status_label}  expires {expires}  last used {used}"
