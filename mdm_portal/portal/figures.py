"""The figures of the dashboard."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncDay, TruncHour
from django.utils import timezone

from scim_provisioning.activity.hours import FAILED, REQUESTS, hours_since
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.activity.reasons import UNREGISTERED
from scim_provisioning.directory import invite_status
from scim_provisioning.directory.invite_status import EXPIRED, of_invite_status
from scim_provisioning.directory.models import Group, User
from scim_provisioning.invitations.models import ANSWER_WITHIN, Invitation
from scim_provisioning.providers import SOURCES

NEWEST_REFUSALS = 2000


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many users and groups one source has brought."""

    source: str
    active: int
    inactive: int
    deprovisioned: int
    groups: int


@dataclass(frozen=True, slots=True)
class Slot:
    """The SCIM requests of an hour or a day."""

    begins: datetime
    total: int
    failed: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """The SCIM requests of one identity provider; "" stands for callers without a good token."""

    provider: str
    requests: int
    refused: int
    """Answered 4xx: the caller's affair."""
    broken: int
    """Answered 5xx: ours."""
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Attention:
    """How much of each kind waits for somebody."""

    failed_invitations: int
    expired_invitations: int
    without_address: int
    refused_today: int
    unregistered: tuple[str, ...]


def by_source() -> list[SourceCount]:
    """Return users and groups of each source that has any."""
    kept = Q(deprovisioned_at=None)
    counted = (
        User.objects.order_by()
        .values_list("source")
        .annotate(
            enabled=Count("id", filter=kept & Q(active=True)),
            disabled=Count("id", filter=kept & Q(active=False)),
            gone=Count("id", filter=~kept),
        )
    )
    users = {source: (enabled, disabled, gone) for source, enabled, disabled, gone in counted}
    groups = dict(Group.objects.order_by().values_list("source").annotate(Count("id")))
    return [
        SourceCount(source, *users.get(source, (0, 0, 0)), groups.get(source, 0))
        for source in SOURCES
        if source in users or source in groups
    ]


def of_the_day() -> list[Slot]:
    """Return the SCIM requests of the last 24 hours, hour by hour."""
    return _slots(TruncHour("hour"), timedelta(hours=1), 24)


def of_the_week() -> list[Slot]:
    """Return the SCIM requests of the last seven days."""
    return _slots(TruncDay("hour"), timedelta(days=1), 7)


def of_the_month() -> list[Slot]:
    """Return the SCIM requests of the last thirty days."""
    return _slots(TruncDay("hour"), timedelta(days=1), 30)


def _slots(slot: Any, step: timedelta, count: int) -> list[Slot]:
    """Return so many slots up to now, empty ones too."""
    now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    last = now if step < timedelta(days=1) else now.replace(hour=0)
    first = last - step * (count - 1)
    rows = (
        hours_since(first)
        .annotate(slot=slot)
        .values_list("slot")
        .annotate(total=REQUESTS, failed=FAILED)
    )
    found = {begins: (total, failed) for begins, total, failed in rows}
    moments = [first + step * number for number in range(count)]
    return [Slot(moment, *found.get(moment, (0, 0))) for moment in moments]


def invitations_by_status() -> dict[str, int]:
    """Return how many invitations have each status as of now."""
    counts = dict(Invitation.objects.order_by().values_list("status").annotate(Count("id")))
    expired = _expired().count()
    counts["expired"] = counts.get("expired", 0) + expired
    counts["pending"] = counts.get("pending", 0) + counts.pop("sent", 0) - expired
    return {name: counts.get(name, 0) for name in ("pending", "completed", "expired", "failed")}


def attention() -> Attention:
    """Return what waits for somebody."""
    day = timezone.now() - timedelta(days=1)
    active = User.objects.filter(deprovisioned_at=None, active=True)
    return Attention(
        failed_invitations=of_invite_status(active, invite_status.FAILED).count(),
        expired_invitations=of_invite_status(active, EXPIRED).count(),
        without_address=active.filter(email="").count(),
        refused_today=hours_since(day).aggregate(failed=FAILED)["failed"] or 0,
        unregistered=_unregistered(),
    )


def traffic(since: datetime) -> list[Traffic]:
    """Return the SCIM requests of each identity provider since a moment."""
    rows = (
        hours_since(since)
        .order_by("provider")
        .values_list("provider")
        .annotate(REQUESTS, Sum("refused"), Sum("broken"), Max("last_at"))
    )
    return [Traffic(*row) for row in rows]


def newest_request(provider: str, since: datetime) -> ScimRequest | None:
    """Return the last request of an identity provider; ``since`` bounds the search."""
    rows = ScimRequest.objects.filter(provider=provider, occurred_at__gte=since)
    return rows.defer("asked").order_by("-id").first()


def _expired() -> Any:
    late = timezone.now() - ANSWER_WITHIN
    return Invitation.objects.filter(status=Invitation.SENT, sent_at__lt=late)


def _unregistered() -> tuple[str, ...]:
    """Return custom attributes that came lately and are not registered, by name."""
    week = timezone.now() - timedelta(days=7)
    rows = ScimRequest.objects.filter(occurred_at__gte=week).exclude(ignored={}).order_by("-id")
    names = {
        name.rpartition(":")[2]
        for ignored in rows.values_list("ignored", flat=True)[:NEWEST_REFUSALS]
        for name, reason in ignored.items()
        if reason == UNREGISTERED
    }
    return tuple(sorted(names))
