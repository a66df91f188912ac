"""One run of a worker: sends what is due, each mail on its own."""

import logging
import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from scim_provisioning.invitations import mails, outbox
from scim_provisioning.invitations.links import base_url
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.post import Deferred, Post, Refused, Unreachable

RUN_SECONDS = 20.0
logger = logging.getLogger(__name__)


def deliver_due() -> bool:
    """Send what is due; tell whether the time ran out with more to do."""
    if not outbox.is_due():
        return False
    if not settings.PUBLIC_URL:
        logger.warning("PUBLIC_URL is not set: invitations lead to %s", base_url())
    post = Post()
    try:
        return _deliver_all(post)
    except Unreachable as error:
        logger.error("The mail server cannot be reached, invitations wait: %s", error)
        return False
    finally:
        post.close()


def _deliver_all(post: Post) -> bool:
    """Send one after the other; a line that a mail has broken is opened anew for the next."""
    end = time.monotonic() + RUN_SECONDS
    while time.monotonic() < end:
        post.open()
        invitation = outbox.claim()
        if invitation is None:
            return False
        _deliver(post, invitation)
    return True


def _deliver(post: Post, invitation: Invitation) -> None:
    """Send one invitation and note what became of it."""
    if invitation.user.status != "active":
        outbox.withdraw(invitation)
        return
    try:
        _check_address(invitation.user.email)
        post.send(mails.compose(invitation))
    except Refused as error:
        outbox.fail(invitation, str(error))
    except Deferred as error:
        outbox.postpone(invitation, str(error))
    else:
        outbox.mark_sent(invitation)


def _check_address(address: str) -> None:
    """Raise Refused for what is no e-mail address."""
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(f"“{address[:254]}” is not an e-mail address.") from error
