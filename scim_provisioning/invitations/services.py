"""The only code that writes invitations, the delivery of them apart (outbox.py)."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import events
from audit.actors import Actor
from audit.models import Event
from audit.services import record_all, recording_if
from mdm_portal.database.rows import NewRow
from mdm_portal.database.statements import Table, rows_of
from scim_provisioning.directory import invite_status
from scim_provisioning.directory.models import User
from scim_provisioning.directory.signals import Consequences
from scim_provisioning.directory.verdicts import DONE, GONE, judged, judged_batches, with_the_gone
from scim_provisioning.invitations import links, trail
from scim_provisioning.invitations.errors import CannotInvite, LinkExpired, LinkWithdrawn
from scim_provisioning.invitations.expiry import expire
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.options.options import current
from scim_provisioning.invitations.wakeups import wake_up

NOT_ACTIVE, NO_ADDRESS, UNDER_WAY, ACCEPTED = "not_active", "no_address", "under_way", "accepted"
CANNOT_INVITE: dict[str, Q] = {
    NOT_ACTIVE: Q(active=False) | Q(deprovisioned_at__isnull=False),
    NO_ADDRESS: Q(email=""),
    UNDER_WAY: Q(invite_status=invite_status.PENDING),
    ACCEPTED: Q(invite_status=invite_status.COMPLETED),
}
"""Whom *Send Invite* leaves out; the first reason that fits is told."""
REFUSALS = {
    DONE: "",
    GONE: _("Only an active user can be invited."),
    NOT_ACTIVE: _("Only an active user can be invited."),
    NO_ADDRESS: _("This user has no e-mail address."),
    UNDER_WAY: _("An invitation of this user is under way."),
    ACCEPTED: _("This user has accepted an invitation."),
}
"""What is said of one user, by the verdict."""
INVITATIONS = Table(Invitation)
new_invitation = NewRow(Invitation)
PENDING_USERS = """
SELECT user_id FROM invitations_invitation WHERE status = 'pending' AND user_id = ANY(%s)
"""
CANCEL = """
UPDATE invitations_invitation SET status = 'cancelled' WHERE status = 'pending' AND user_id = %s
"""
UNKNOWN = (Invitation.PENDING,)
"""What invitations of a row may be like that was not read with them."""
GRACE = timedelta(seconds=60)
"""Some IdPs create a probe user on connection and delete it at once (product decision 22)."""


def inviting_automatically(*, users: Sequence[User], actor: Actor) -> Consequences:
    """Return what invites newly imported users: those with an address, the first time.

    It is stored in the transaction that creates or activates the users.
    """
    due_at = timezone.now() + GRACE
    invitations = [
        new_invitation(user_id=user.id, provider=actor.provider, due_at=due_at)
        for user in users
        if user.email and not _was_here_before(user)
    ]
    if not invitations:
        return Consequences()
    afterwards = [partial(wake_up, GRACE)]
    if len(users) == 1:
        return Consequences(INVITATIONS.inserting(invitations), afterwards)
    return Consequences((), afterwards, [partial(INVITATIONS.copy, invitations)])


def invite_by_hand(*, user_id: UUID, actor: Actor) -> Invitation:
    """Return a new invitation, sent at once; one that expired makes room for it.

    Raises CannotInvite, with the reason.
    """
    with transaction.atomic():
        (verdict,) = invite_users_by_hand(user_ids=[user_id], actor=actor)
        if verdict != DONE:
            raise CannotInvite(str(REFUSALS[verdict]))
        return Invitation.objects.filter(user_id=user_id)[0]


def refusal(user_id: UUID) -> str:
    """Return why a user cannot be invited by hand, "" when nothing speaks against it."""
    verdicts = judged(User.objects.filter(id=user_id), CANNOT_INVITE)
    verdict = verdicts.values_list("verdict", flat=True).first()
    return str(REFUSALS[GONE if verdict is None else verdict])


def invite_users_by_hand(*, user_ids: Sequence[UUID], actor: Actor) -> Counter[str]:
    """Return how many users were invited, and how many were not for what reason; all or none."""
    outcome: Counter[str] = Counter()
    with transaction.atomic():
        for batch in judged_batches(user_ids, CANNOT_INVITE):
            outcome.update(user.verdict for user in batch)
            _invite([user for user in batch if user.verdict == DONE], actor)
        transaction.on_commit(partial(wake_up, timedelta()), robust=True)
    return with_the_gone(outcome, user_ids)


def _invite(users: list[User], actor: Actor) -> None:
    """Make invitations that are due at once, closing those that expired."""
    expire(Invitation.objects.filter(user__in=users))
    now = timezone.now()
    Invitation.objects.bulk_create(Invitation(user=user, due_at=now) for user in users)
    record_all(
        trail.row(events.INVITATION_REQUESTED, user, actor=actor, provider=actor.provider)
        for user in users
    )


def cancelling(*, users: Sequence[User], actor: Actor) -> Consequences:
    """Return what takes back invitations that are not sent yet, when users leave."""
    asked = [user.id for user in users if _may_be_pending(user)]
    pending = {user_id for (user_id,) in rows_of(PENDING_USERS, [asked])} if asked else ()
    return Consequences(
        [
            recording_if(
                trail.row(events.INVITATION_CANCELLED, user, actor=actor, provider=actor.provider),
                (CANCEL, [user.id]),
            )
            for user in users
            if user.id in pending
        ]
    )


def _may_be_pending(user: User) -> bool:
    """Tell whether an invitation may wait; a row that was read with them knows."""
    return Invitation.PENDING in (getattr(user, "invitations_held", UNKNOWN) or ())


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
            _confirm(invitation)
            invitation.save()
            user = invitation.user
            person = Actor("user", str(user.id), user.title, address=address)
            trail.record(
                events.INVITATION_COMPLETED, user, actor=person, provider=invitation.provider
            )
    return invitation


def _confirm(invitation: Invitation) -> None:
    """Let a confirmation follow, if the settings say so; no reminder does any more."""
    is_wanted = current().confirms and bool(invitation.user.email)
    invitation.follow_up = Invitation.CONFIRMATION if is_wanted else ""
    if is_wanted:
        invitation.due_at, invitation.attempts, invitation.failure = timezone.now(), 0, ""
        transaction.on_commit(partial(wake_up, timedelta()), robust=True)


def _was_here_before(user: User) -> bool:
    """Tell whether the user was invited or active before; a new row cannot have been.

    Reactivation does not invite: whoever was active once has been disabled since, says the trail.
    """
    if user.version == 1:
        return False
    if getattr(user, "invitations_held", None):
        return True
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
    if invitation.current_status == Invitation.EXPIRED:
        raise LinkExpired
    if not (invitation.is_under_way or invitation.status == Invitation.COMPLETED):
        raise LinkWithdrawn
    return invitation
