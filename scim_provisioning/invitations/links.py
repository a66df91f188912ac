"""The link in an invitation: signed, so that it cannot be made up, and dated."""

from dataclasses import dataclass
from urllib.parse import unquote
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from scim_provisioning.invitations.errors import LinkBroken, LinkExpired
from scim_provisioning.invitations.models import ANSWER_WITHIN, Invitation

SALT = "scim_provisioning.invitations"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link carries."""

    invitation_id: UUID
    nonce: UUID
    """Changes when an invitation is sent anew: older links end there."""


def link_to(invitation: Invitation) -> str:
    """Return the address that the invited person opens, good for 30 days from now."""
    parts = {"i": invitation.id.hex, "n": invitation.nonce.hex}
    token = signing.dumps(parts, salt=SALT)
    return f"{base_url()}{reverse('registration', args=[token])}"


def any_link() -> str:
    """Return what such an address looks like, with no ticket in it."""
    return f"{base_url()}{unquote(reverse('registration', args=['…']))}"


def base_url() -> str:
    """Return where invited people reach the portal; a job has no request to tell."""
    return str(settings.PUBLIC_URL or settings.LOCAL_URL)


def read(token: str) -> Ticket:
    """Return what a link carries; raise LinkBroken or LinkExpired."""
    try:
        parts = signing.loads(token, salt=SALT, max_age=ANSWER_WITHIN)
        return Ticket(UUID(parts["i"]), UUID(parts["n"]))
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except (signing.BadSignature, ValueError) as error:
        raise LinkBroken from error
