"""The outbox: which mail is sent next, and what became of it.

A worker claims one row at a time by moving its due time into the future (a lease), so that any
number of workers share the work, no transaction is open while a mail is sent, and the row of a
worker that was killed comes back by itself. A row is due as long as its invitation was not sent,
and again when something follows up: a reminder, a confirmation.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.events import EventType
from audit.models import Event
from scim_provisioning.invitations import pace, trail
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.options.options import current

LEASE = timedelta(minutes=5)
"""Far more than a mail takes: so long may PostgreSQL be out before what was sent is noted."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""Between one try and the next; after the last of them the mail has failed."""
SENT_EVENTS: dict[str, EventType] = {
    "": events.INVITATION_SENT,
    Invitation.REMINDER: events.INVITATION_REMINDED,
    Invitation.CONFIRMATION: events.CONFIRMATION_SENT,
}
FAILED_EVENTS: dict[str, EventType] = {
    "": events.INVITATION_FAILED,
    Invitation.REMINDER: events.INVITATION_REMINDER_FAILED,
    Invitation.CONFIRMATION: events.CONFIRMATION_FAILED,
}


def is_due() -> bool:
    """Tell whether there is anything to send."""
    return _due().exists() or _due_later().exists()


def claim() -> Invitation | None:
    """Return the row due longest, for this worker alone; None when all is sent.

    Raises TooMany when the limit of mails a minute is reached. Invitations go before what follows.
    """
    with transaction.atomic():
        invitation = _first(_due()) or _first(_due_later())
        if invitation:
            pace.depart(current().mails_per_minute)
            invitation.attempts += 1
            invitation.due_at = timezone.now() + LEASE
            invitation.save(update_fields=["attempts", "due_at"])
    return invitation


def mark_sent(invitation: Invitation) -> None:
    """Note that the mail server took the mail; a second time changes nothing."""
    with transaction.atomic():
        if _claimed(invitation).update(failure="", **_after(invitation, Invitation.SENT)):
            _record(SENT_EVENTS[invitation.follow_up], invitation, words=invitation.user.email)


def withdraw(invitation: Invitation) -> None:
    """Note that the user is not there to be invited, or that nothing is to follow any more."""
    if invitation.follow_up:
        _claimed(invitation).update(follow_up="")
        return
    with transaction.atomic():
        if _claimed(invitation).update(status=Invitation.CANCELLED):
            _record(events.INVITATION_CANCELLED, invitation)


def postpone(invitation: Invitation, words: str) -> None:
    """Note a failure that may pass: later again, or failed after the last try."""
    if invitation.attempts > len(PAUSES):
        fail(invitation, words)
        return
    due_at = timezone.now() + PAUSES[invitation.attempts - 1]
    _claimed(invitation).update(due_at=due_at, failure=words)


def fail(invitation: Invitation, words: str) -> None:
    """Note a failure that will not pass, with the mail server's words.

    A reminder that fails counts: the next one comes in its time.
    """
    with transaction.atomic():
        if _claimed(invitation).update(failure=words, **_after(invitation, Invitation.FAILED)):
            event = FAILED_EVENTS[invitation.follow_up]
            _record(event, invitation, words=words, status=Event.FAILURE)


def _due() -> QuerySet[Invitation]:
    """Return the invitations that are to be sent; each kind of rows has an index of its own."""
    return Invitation.objects.filter(status=Invitation.PENDING, due_at__lte=timezone.now())


def _due_later() -> QuerySet[Invitation]:
    """Return the invitations that something follows."""
    return Invitation.objects.filter(due_at__lte=timezone.now()).exclude(follow_up="")


def _first(rows: QuerySet[Invitation]) -> Invitation | None:
    rows = rows.select_related("user").select_for_update(of=("self",), skip_locked=True)
    return rows.order_by("due_at").first()


def _claimed(invitation: Invitation) -> QuerySet[Invitation]:
    """Return the row while it is ours: the same mail due, and claimed by nobody after us."""
    rows = Invitation.objects.filter(
        id=invitation.id, attempts=invitation.attempts, follow_up=invitation.follow_up
    )
    return rows if invitation.follow_up else rows.filter(status=Invitation.PENDING)


def _after(invitation: Invitation, status: str) -> dict[str, object]:
    """Return the columns of a row whose mail is done with; ``status`` is that of an invitation."""
    now = timezone.now()
    if invitation.follow_up == Invitation.REMINDER:
        return {"follow_up": "", "reminders": invitation.reminders + 1, "reminded_at": now}
    if invitation.follow_up:
        return {"follow_up": ""}
    sent = {"sent_at": now} if status == Invitation.SENT else {}
    return {"status": status, **sent}


def _record(
    event: EventType, invitation: Invitation, *, words: str = "", status: str = Event.SUCCESS
) -> None:
    trail.record(
        event,
        invitation.user,
        actor=Actor.system(),
        provider=invitation.provider,
        words=words,
        status=status,
    )
