"""Reminders: which invitations are sent once more, and when.

When one is due is worked out afresh each time, from the settings of the moment: changing those
reaches invitations that are long under way, and nothing has to be planned ahead.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from scim_provisioning.invitations.models import ANSWER_WITHIN, Invitation
from scim_provisioning.invitations.options.options import Options, current

BATCH = 1000


def put_into_the_outbox() -> int:
    """Make the reminders that are due the next mail of their invitations; return how many."""
    total = 0
    while True:
        with transaction.atomic():
            count = _put_batch(current())
        total += count
        if count < BATCH:
            return total


def is_wanted(invitation: Invitation, options: Options) -> bool:
    """Tell whether a reminder that was due may still go."""
    return (
        options.reminders
        and invitation.current_status == Invitation.SENT
        and invitation.reminders < options.remind_most
    )


def _put_batch(options: Options) -> int:
    if not options.reminders:
        return 0
    now = timezone.now()
    rows = _due(options, now).select_for_update(of=("self",), skip_locked=True)
    ids = list(rows.order_by("sent_at").values_list("id", flat=True)[:BATCH])
    Invitation.objects.filter(id__in=ids).update(
        follow_up=Invitation.REMINDER, due_at=now, attempts=0, failure=""
    )
    return len(ids)


def _due(options: Options, now: datetime) -> QuerySet[Invitation]:
    """Return the open invitations whose last mail was long enough ago."""
    first = Q(reminders=0, sent_at__lte=now - timedelta(days=options.remind_after))
    later = Q(reminders__gt=0, reminded_at__lte=now - timedelta(days=options.remind_every))
    return Invitation.objects.filter(
        first | later,
        status=Invitation.SENT,
        follow_up="",
        reminders__lt=options.remind_most,
        sent_at__gt=now - ANSWER_WITHIN,
        user__active=True,
        user__deprovisioned_at=None,
    ).exclude(user__email="")
