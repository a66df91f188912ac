"""The outbox: which invitation is sent next, and what became of it.

A worker claims one row at a time by moving its due time into the future (a lease), so that any
number of workers share the work, no transaction is open while a mail is sent, and the row of a
worker that was killed comes back by itself.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.models import Event
from scim_provisioning.invitations import trail
from scim_provisioning.invitations.models import Invitation

LEASE = timedelta(minutes=5)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""Between one try and the next; after the last of them the invitation has failed."""


def is_due() -> bool:
    """Tell whether there is anything to send."""
    return _due().exists()


def claim() -> Invitation | None:
    """Return the invitation due longest, for this worker alone; None when all is sent."""
    with transaction.atomic():
        rows = _due().select_related("user").select_for_update(of=("self",), skip_locked=True)
        invitation = rows.order_by("due_at").first()
        if invitation:
            invitation.attempts += 1
            invitation.due_at = timezone.now() + LEASE
            invitation.save(update_fields=["attempts", "due_at"])
    return invitation


def mark_sent(invitation: Invitation) -> None:
    """Note that the mail server took the mail."""
    with transaction.atomic():
        _claimed(invitation).update(status=Invitation.SENT, sent_at=timezone.now(), failure="")
        trail.record(
            events.INVITATION_SENT,
            invitation.user,
            actor=Actor.system(),
            provider=invitation.provider,
            words=invitation.user.email,
        )


def withdraw(invitation: Invitation) -> None:
    """Note that the user is not there to be invited."""
    with transaction.atomic():
        if _claimed(invitation).update(status=Invitation.CANCELLED):
            trail.record(
                events.INVITATION_CANCELLED,
                invitation.user,
                actor=Actor.system(),
                provider=invitation.provider,
            )


def postpone(invitation: Invitation, words: str) -> None:
    """Note a failure that may pass: later again, or failed after the last try."""
    if invitation.attempts > len(PAUSES):
        fail(invitation, words)
        return
    due_at = timezone.now() + PAUSES[invitation.attempts - 1]
    _claimed(invitation).update(due_at=due_at, failure=words)


def fail(invitation: Invitation, words: str) -> None:
    """Note a failure that will not pass, with the mail server's words."""
    with transaction.atomic():
        if _claimed(invitation).update(status=Invitation.FAILED, failure=words):
            trail.record(
                events.INVITATION_FAILED,
                invitation.user,
                actor=Actor.system(),
                provider=invitation.provider,
                words=words,
                status=Event.FAILURE,
            )


def _due() -> QuerySet[Invitation]:
    return Invitation.objects.filter(status=Invitation.PENDING, due_at__lte=timezone.now())


def _claimed(invitation: Invitation) -> QuerySet[Invitation]:
    """Return the row while it is ours: pending, and claimed by nobody after us."""
    return Invitation.objects.filter(
        id=invitation.id, status=Invitation.PENDING, attempts=invitation.attempts
    )
