"""The only code that writes invitations, the delivery of them apart (outbox.py)."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.models import User
from scim_provisioning.invitations import links, trail
from scim_provisioning.invitations.errors import LinkWithdrawn
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.wakeups import wake_up

GRACE = timedelta(seconds=60)
"""Some IdPs create a probe user on connection and delete it at once (product decision 22)."""


def invite_automatically(*, user: User, actor: Actor) -> Invitation | None:
    """Return the invitation of a newly imported user; None without an address or a second time.

    Runs in the transaction that creates or activates the user.
    """
    if not user.email or _was_here_before(user):
        return None
    invitation = Invitation.objects.create(
        user=user, provider=actor.provider, due_at=timezone.now() + GRACE
    )
    transaction.on_commit(partial(wake_up, GRACE), robust=True)
    return invitation


def cancel(*, user: User, actor: Actor) -> None:
    """Take back an invitation that is not sent yet; runs in the transaction of the user's leave."""
    pending = Invitation.objects.filter(user=user, status=Invitation.PENDING)
    if pending.update(status=Invitation.CANCELLED):
        trail.record(events.INVITATION_CANCELLED, user, actor=actor, provider=actor.provider)


def find(token: str) -> Invitation:
    """Return the invitation that a link leads to, answered or not; raise LinkError."""
    return _find(links.read(token), lock=False)


def complete(*, token: str, address: str = "") -> Invitation:
    """Return the accepted invitation; accepting a second time changes nothing.

    The actor is the invited person, who is known by the link alone. Raises LinkError.
    """
    with transaction.atomic():
        invitation = _find(links.read(token), lock=True)
        if invitation.is_under_way:
            invitation.status = Invitation.COMPLETED
            invitation.completed_at = timezone.now()
            invitation.save(update_fields=["status", "completed_at"])
            user = invitation.user
            person = Actor("user", str(user.id), user.title, address=address)
            trail.record(
                events.INVITATION_COMPLETED, user, actor=person, provider=invitation.provider
            )
    return invitation


def _was_here_before(user: User) -> bool:
    """Tell whether the user was invited or active before; a new row cannot have been.

    Reactivation does not invite: whoever was active once has been disabled since, says the trail.
    """
    if user.version == 1:
        return False
    disabled = Event.objects.filter(
        subject_type="user", subject_id=str(user.id), event=events.USER_DISABLED.key
    )
    return Invitation.objects.filter(user=user).exists() or disabled.exists()


def _find(ticket: links.Ticket, *, lock: bool) -> Invitation:
    """Return the invitation of a ticket, its row locked on request."""
    rows = Invitation.objects.select_related("user").filter(
        id=ticket.invitation_id, nonce=ticket.nonce
    )
    invitation = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if invitation is None or invitation.user.status != "active":
        raise LinkWithdrawn
    if not (invitation.is_under_way or invitation.status == Invitation.COMPLETED):
        raise LinkWithdrawn
    return invitation
