"""Invitations that nobody answered in time end as Expired."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.services import record_all
from scim_provisioning.invitations import trail
from scim_provisioning.invitations.models import ANSWER_WITHIN, Invitation

BATCH = 1000


def expire_late() -> int:
    """Expire all that are late and return how many; as often as one likes, on any machine.

    A row that somebody answers at this moment is left to them.
    """
    total = 0
    while True:
        with transaction.atomic():
            rows = _late(Invitation.objects.all()).select_for_update(of=("self",), skip_locked=True)
            count = _close(list(rows[:BATCH]))
        total += count
        if count < BATCH:
            return total


def expire(invitations: QuerySet[Invitation]) -> None:
    """Expire those of some invitations that are late; runs in a transaction."""
    _close(list(_late(invitations).select_for_update(of=("self",))))


def _late(invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    late = timezone.now() - ANSWER_WITHIN
    rows = invitations.filter(status=Invitation.SENT, sent_at__lt=late)
    return rows.select_related("user").order_by("id")


def _close(rows: list[Invitation]) -> int:
    """Close locked rows, with an event of each; return how many."""
    Invitation.objects.filter(id__in=[row.id for row in rows]).update(
        status=Invitation.EXPIRED, follow_up=""
    )
    record_all(
        trail.row(events.INVITATION_EXPIRED, row.user, actor=Actor.system(), provider=row.provider)
        for row in rows
    )
    return len(rows)
