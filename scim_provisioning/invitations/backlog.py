"""How much is left in the outbox: for operators."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone

from scim_provisioning.invitations.models import Invitation


@dataclass(frozen=True, slots=True)
class Backlog:
    """The rows of the outbox that are not done with."""

    waiting: int
    """To be sent later: the grace of a new user, the pause after a failed try."""
    due: int
    """Invitations, reminders and confirmations that a worker has not taken yet."""
    oldest_due_at: datetime | None


def backlog() -> Backlog:
    """Return the state of the outbox, in one statement; sent mails, however many, are not read."""
    pending = Invitation.objects.filter(Q(status=Invitation.PENDING) | ~Q(follow_up="")).order_by()
    due = Q(due_at__lte=timezone.now())
    return Backlog(
        **pending.aggregate(
            waiting=Count("id", filter=~due),
            due=Count("id", filter=due),
            oldest_due_at=Min("due_at", filter=due),
        )
    )
