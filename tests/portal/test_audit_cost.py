"""What a page of the trail costs: few statements, each by an index, however long the trail is."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import events, keyset
from audit.models import Event
from audit.services import Subject, event_row, record_all
from tests.portal.people import OKTA

pytestmark = pytest.mark.django_db
MANY = 20_000
COMMON = (events.USER_CREATED, events.USER_UPDATED, events.GROUP_UPDATED)


def long_trail(count: int) -> None:
    """Record what an identity provider does in two years, and a little of everything else."""
    now = timezone.now()
    kinds = list(events.EVENTS.values())
    rows = []
    for number in range(count):
        kind = kinds[number // 100 % len(kinds)] if number % 100 == 0 else COMMON[number % 3]
        subject = Subject("user", f"id-{number % 5000}", f"Person {number % 5000}")
        row = event_row(kind, actor=OKTA, subject=subject, details="Okta")
        row.occurred_at = now - timedelta(hours=(count - number) * 17520 / count)
        rows.append(row)
    record_all(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_event")


@pytest.fixture
def times_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test say when an event happened; the reach is as short as this trail is."""
    monkeypatch.setattr(Event._meta.get_field("occurred_at"), "auto_now_add", False)
    monkeypatch.setattr(keyset, "REACH", 200)


def statements(portal: Client, query: str) -> list[str]:
    """Return the statements of a page."""
    with CaptureQueriesContext(connection) as captured:
        assert portal.get(f"/audit/?{query}").status_code == 200
    return [statement["sql"] for statement in captured]


def plans(sql: list[str]) -> Iterator[str]:
    """Yield the plan of each statement that reads the trail."""
    for statement in sql:
        if 'FROM "audit_event"' in statement:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {statement}")
                yield "\n".join(line for (line,) in cursor.fetchall())


QUERIES = [
    "",
    "size=100",
    "before={middle}",
    "after={middle}",
    "start={year_ago}&end={year_ago}",
    "end={year_ago}",
    "category=user",
    "category=access",
    "type=token",
    "event=user.updated",
    "event=scim_token.deleted",
    "status=failure",
    "name=person",
    "name=nobody",
    "performed_by=scim_",
    "performed_by=nobody",
    "q=nobody",
    "q=okta&before={middle}",
    "subject_type=user&subject_id=id-7",
    "view=grouped",
    "view=grouped&category=access",
]


def test_pages_of_a_long_trail_go_by_an_index(portal: Client, times_kept: None) -> None:
    long_trail(MANY)
    middle = Event.objects.latest("id").pk - MANY // 2
    year_ago = timezone.localdate() - timedelta(days=365)
    for query in QUERIES:
        read = list(plans(statements(portal, query.format(middle=middle, year_ago=year_ago))))
        assert read, query
        for plan in read:
            assert "Seq Scan on audit_event" not in plan, f"{query}\n{plan}"
            assert re.search(r"using (audit_|audit_event_pkey)|on audit_\w+  ", plan), plan


@pytest.mark.parametrize("query", ["name=nobody", "performed_by=nobody", "q=nobody"])
def test_a_search_that_goes_by_the_order_ends_within_reach(
    portal: Client, times_kept: None, query: str
) -> None:
    long_trail(1000)
    sql = [statement for statement in statements(portal, query) if "LIKE" in statement]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off")
    (plan,) = plans(sql)
    assert "Index Cond: (occurred_at >= " in plan


@pytest.mark.parametrize("query", ["type=token", "category=access", "status=failure"])
def test_what_is_uncommon_is_found_by_the_index_that_costs_provisioning_nothing(
    portal: Client, times_kept: None, query: str
) -> None:
    long_trail(MANY)
    assert any("audit_uncommon" in plan for plan in plans(statements(portal, query)))


@pytest.mark.parametrize(
    "query", ["", "before={last}", "q=okta", "category=user&size=100", "view=grouped"]
)
def test_more_events_are_no_more_statements(portal: Client, query: str) -> None:
    counts = []
    for more in (3, 200):
        record_all(
            event_row(events.USER_UPDATED, actor=OKTA, subject=Subject("user", str(n), f"okta {n}"))
            for n in range(more)
        )
        last = Event.objects.latest("id").pk
        counts.append(len(statements(portal, query.format(last=last))))
    assert counts[0] == counts[1] <= 6
