"""The requests of each hour are counted as they are logged, however they are logged."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from scim_provisioning.activity import recorder
from scim_provisioning.activity.hours import hours_since
from scim_provisioning.activity.models import RequestHour, ScimRequest
from scim_provisioning.activity.services import prune

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def logged(minutes: float, status: int = 200, **columns: Any) -> ScimRequest:
    """Return a request so many minutes after noon, not stored yet."""
    given = {"provider": "okta", "token_id": "1", **columns}
    return ScimRequest(
        occurred_at=NOON + timedelta(minutes=minutes),
        method="GET",
        path="/Users",
        status=status,
        duration_us=1,
        **given,
    )


def counted() -> list[tuple[Any, ...]]:
    """Return what is known of each hour."""
    names = ("hour", "provider", "token_id", "requests", "refused", "broken", "last_at")
    return list(RequestHour.objects.order_by("hour", "provider").values_list(*names))


def test_each_outcome_is_counted_in_its_hour() -> None:
    ScimRequest.objects.bulk_create(
        [logged(0), logged(1, 404), logged(59.9, 503), logged(60), logged(2, provider="entra")]
    )
    logged(5, 409).save()
    one = timedelta(hours=1)
    assert counted() == [
        (NOON, "entra", "1", 1, 0, 0, NOON + timedelta(minutes=2)),
        (NOON, "okta", "1", 4, 2, 1, NOON + timedelta(minutes=59.9)),
        (NOON + one, "okta", "1", 1, 0, 0, NOON + one),
    ]


def test_an_hour_knows_its_newest_request() -> None:
    rows = [logged(0), logged(59), logged(1, provider="entra"), logged(60)]
    ScimRequest.objects.bulk_create(rows)
    late = logged(2)
    late.save()
    known = RequestHour.objects.order_by("hour", "provider").values_list("last_id", flat=True)
    assert list(known) == [rows[2].pk, late.pk, rows[3].pk]


def test_what_the_recorder_copies_is_counted() -> None:
    names = recorder.Note._fields
    row = logged(0, asked=None, answered=b"{}", ignored={})
    recorder.note(recorder.Note(**{name: getattr(row, name) for name in names}))
    assert recorder.flush() == 1
    assert [(hour[0], hour[3]) for hour in counted()] == [(NOON, 1)]


def test_the_hour_of_a_moment_belongs_to_what_follows_it() -> None:
    ScimRequest.objects.bulk_create([logged(0), logged(-1)])
    assert [one.hour for one in hours_since(NOON + timedelta(minutes=59))] == [NOON]


def test_hours_end_with_the_requests_that_they_count() -> None:
    logged(0).save()
    late = timezone.now() - NOON
    prune(late + timedelta(hours=1))
    assert len(counted()) == 1
    prune(late - timedelta(hours=1))
    assert (counted(), ScimRequest.objects.count()) == ([], 0)
