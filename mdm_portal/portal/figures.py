"""The figures of the dashboard."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import TruncDay, TruncHour
from django.utils import timezone

from mdm_portal.portal.lists import count_up_to
from scim_provisioning.activity.hours import FAILED, REQUESTS, hours_since
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.activity.reasons import UNREGISTERED
from scim_provisioning.directory import invite_status
from scim_provisioning.directory.invite_status import EXPIRED, of_invite_status
from scim_provisioning.directory.models import User
from scim_provisioning.directory.selectors import totals_by_source
from scim_provisioning.invitations.models import ANSWER_WITHIN, Invitation
from scim_provisioning.providers import SOURCES

NEWEST_REFUSALS = 2000
MOST_TOLD = 1000
"""So many of what waits are counted: to count all reads as many users, for nobody's sake."""


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
    """How much of each kind waits for somebody: of users, one more than MOST_TOLD at most."""

    failed_invitations: int
    expired_invitations: int
    without_address: int
    refused_today: int
    unregistered: tuple[str, ...]


def by_source() -> list[SourceCount]:
    """Return users and groups of each source that has any."""
    totals = totals_by_source()
    return [_source_count(source, totals[source]) for source in SOURCES if totals[source].total()]


def _source_count(source: str, total: Counter[str]) -> SourceCount:
    """Return the figures of a source as the dashboard shows them."""
    active = total["user"] - total["inactive"]
    return SourceCount(source, active, total["inactive"], total["gone"], total["group"])


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
        failed_invitations=_told(of_invite_status(active, invite_status.FAILED)),
        expired_invitations=_told(of_invite_status(active, EXPIRED)),
        without_address=_told(active.filter(email="")),
        refused_today=hours_since(day).aggregate(failed=FAILED)["failed"] or 0,
        unregistered=_unregistered(),
    )


def _told(users: QuerySet[User]) -> int:
    """Return how many users there are, as far as it is told."""
    return count_up_to(users, MOST_TOLD + 1)


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
    """Return the last request of an identity provider since a moment, to the hour."""
    newest = hours_since(since).filter(provider=provider).order_by("-last_id").values("last_id")
    return ScimRequest.objects.filter(pk=newest[:1]).defer("asked").first()


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
