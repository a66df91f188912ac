"""The end of deprovisioned users: their rows go when their time is over (product decision 16)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.services import record_all
from scim_provisioning.directory.models import Membership, User
from scim_provisioning.directory.services import user_event

BATCH = 500


def erase_deprovisioned(keep: timedelta) -> int:
    """Delete users who were deprovisioned longer ago than ``keep``; return how many."""
    oldest, erased = timezone.now() - keep, 0
    while batch := _erase_batch(oldest):
        erased += batch
    return erased


def _erase_batch(oldest: datetime) -> int:
    """Delete some users with an event each, in a transaction of their own; return how many."""
    with transaction.atomic():
        due = User.objects.select_for_update(skip_locked=True).filter(deprovisioned_at__lt=oldest)
        users = list(due.order_by("deprovisioned_at")[:BATCH])
        actor = Actor.system()
        record_all(user_event(events.USER_ERASED, user, actor, []) for user in users)
        Membership.objects.filter(user__in=users).delete()
        User.objects.filter(id__in=[user.id for user in users]).delete()
    return len(users)
