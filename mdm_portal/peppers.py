"""Which token hangs on which pepper, and the way from one pepper to the next."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from audit.actors import Actor
from mdm_portal.api.models import ApiToken
from mdm_portal.api.tokens import revoke
from mdm_portal.runtime import write_private
from scim_provisioning.tokens.secrets import mark_of, split
from scim_provisioning.tokens.selectors import current_tokens
from scim_provisioning.tokens.services import remove

IN_FORCE, PREVIOUS, NEXT, UNMARKED, UNKNOWN = "in force", "previous", "next", "unmarked", "unknown"
SCIM, OLD_SECRET, API = "scim_token", "old_secret", "api_token"


class PepperError(Exception):
    """A refused step, with a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A secret and the pepper that its digest was made with."""

    kind: str
    id: UUID
    prefix: str
    owner: str
    pepper: str
    """IN_FORCE, PREVIOUS, NEXT, UNMARKED (an older release made it) or UNKNOWN."""

    @property
    def would_end(self) -> bool:
        """Tell whether it works no more once the pepper before is forgotten."""
        rotating = bool(settings.TOKEN_PEPPER_PREVIOUS)
        return self.pepper in (PREVIOUS, UNKNOWN) or (rotating and self.pepper == UNMARKED)


def holds() -> list[Hold]:
    """Return all secrets that may still be shown to us."""
    return [*_scim_holds(), *_api_holds()]


def finish(*, actor: Actor) -> list[Hold]:
    """End what hangs on the pepper before; return what that was.

    The old secret of a renewal ends by itself, within a day at most.
    """
    ended = [hold for hold in holds() if hold.would_end]
    for hold in ended:
        if hold.kind == SCIM:
            remove(token_id=hold.id, actor=actor)
        elif hold.kind == API:
            revoke(key_id=hold.prefix, actor=actor)
    return ended


def new_pepper() -> str:
    """Return a fresh pepper; raise PepperError while another rotation is not finished."""
    if settings.TOKEN_PEPPER_PREVIOUS:
        raise PepperError(
            "A rotation is under way: `rotate_pepper finish` ends it, then take "
            "TOKEN_PEPPER_PREVIOUS away."
        )
    return secrets.token_urlsafe(48)


def write(pepper: str) -> Path:
    """Make a pepper the one in force at the next start of ``up``; return the file."""
    file, kept = _own_secrets()
    if kept is None or kept.get("TOKEN_PEPPER") != settings.TOKEN_PEPPER:
        raise PepperError(f"{file} does not hold the pepper in force: set the new one yourself.")
    kept |= {"TOKEN_PEPPER": pepper, "TOKEN_PEPPER_PREVIOUS": settings.TOKEN_PEPPER}
    write_private(file, kept)
    return file


def forget_previous() -> Path | None:
    """Take the pepper before out of the file of ``up``; None when it is kept elsewhere."""
    file, kept = _own_secrets()
    previous = settings.TOKEN_PEPPER_PREVIOUS
    if not previous or kept is None or kept.get("TOKEN_PEPPER_PREVIOUS") != previous:
        return None
    del kept["TOKEN_PEPPER_PREVIOUS"]
    write_private(file, kept)
    return file


def _own_secrets() -> tuple[Path, dict[str, str] | None]:
    """Return the file that ``up`` keeps its secrets in, and what it holds, if it is there."""
    file = Path(settings.DATA_DIR) / "secrets.json"
    try:
        found: dict[str, str] = json.loads(file.read_text())
    except (OSError, ValueError):
        return file, None
    return file, found


def _scim_holds() -> Iterator[Hold]:
    for token in current_tokens():
        name = token.provider_declaration.full_name
        yield Hold(SCIM, token.id, token.key_id, name, _pepper_of(token.digest))
        if token.previous_expires_at and token.previous_expires_at > timezone.now():
            pepper = _pepper_of(token.previous_digest)
            yield Hold(OLD_SECRET, token.id, token.previous_key_id, name, pepper)


def _api_holds() -> Iterator[Hold]:
    for token in ApiToken.objects.select_related("administrator"):
        owner = f"{token.administrator.get_username()}, {token.name}"
        yield Hold(API, token.id, token.key_id, owner, _pepper_of(token.digest))


def _pepper_of(digest: str) -> str:
    """Return which pepper a digest was made with."""
    known = {
        mark_of(settings.TOKEN_PEPPER_NEXT): NEXT,
        mark_of(settings.TOKEN_PEPPER_PREVIOUS): PREVIOUS,
        mark_of(settings.TOKEN_PEPPER): IN_FORCE,
        "": UNMARKED,
    }
    return known.get(split(digest)[0], UNKNOWN)
