"""The pages of tokens tell the calls of the last 24 hours, each number a way into the log."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actors import Actor
from scim_provisioning.activity.models import RequestHour, ScimRequest
from scim_provisioning.activity.usage import calls_since
from scim_provisioning.tokens import services
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.usage import Calls
from tests.portal.test_requests import entry
from tests.portal.words import markup, text

START = "/admin/identity/user-provisioning/"
ADMIN = Actor.operator("tests")
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def issue(provider: str = "okta") -> ScimToken:
    """Return a new token."""
    return services.generate(provider=provider, lifetime_days=365, actor=ADMIN).token


def call(token: ScimToken, status: int = 200, *, ago: timedelta = HOUR, path: str = "/U") -> None:
    """Note a call in the log."""
    entry(
        provider=token.provider,
        token_id=str(token.id),
        status=status,
        occurred_at=timezone.now() - ago,
        path=path,
    )


def ways(page: str) -> list[str]:
    """Return the addresses of the log that a page leads to."""
    return [
        found.replace("&amp;", "&")
        for found in re.findall(rf'href="({START}requests/\?[^"]+)"', page)
    ]


@pytest.mark.parametrize("path", ["", "okta/", "entra/"])
def test_each_token_tells_its_calls_and_those_that_failed(portal: Client, path: str) -> None:
    okta, entra = issue(), issue("entra")
    for status in (200, 201, 404, 500):
        call(okta, status)
    call(okta, ago=25 * HOUR)
    call(entra)
    page = portal.get(START + path)
    table = text(page).partition("Token Status")[2]
    assert "Last 24 hours" in table
    assert "4 calls 2 failed" in table
    assert "1 call " in table
    assert sum("status=unsuccessful" in way for way in ways(markup(page))) == (1 if path else 2)


def test_the_numbers_lead_to_just_those_calls(portal: Client) -> None:
    okta, other = issue(), issue()
    call(okta, path="/good")
    call(okta, 409, path="/bad")
    call(okta, path="/yesterday", ago=25 * HOUR)
    call(other, path="/theirs")
    page = portal.get(f"{START}okta/")
    all_calls, failures, others = ways(markup(page))
    shown = text(portal.get(all_calls))
    assert [path in shown for path in ("/good", "/bad", "/yesterday", "/theirs")] == [
        True,
        True,
        False,
        False,
    ]
    shown = text(portal.get(failures))
    assert [path in shown for path in ("/good", "/bad")] == [False, True]
    assert "/theirs" in text(portal.get(others))


def test_an_identity_provider_counts_the_calls_of_removed_tokens_too(portal: Client) -> None:
    gone = issue()
    call(gone, 400)
    services.remove(token_id=gone.id, actor=ADMIN)
    call(issue())
    page = text(portal.get(START))
    tokens, _, providers = page.partition("Token Status")[2].partition("Identity providers")
    assert "1 call " in tokens
    assert "2 calls 1 failed" in providers
    failures = [way for way in ways(markup(portal.get(START))) if "provider=okta" in way][-1]
    assert "status=unsuccessful" in failures


def test_without_calls_there_is_no_number(portal: Client) -> None:
    issue()
    page = portal.get(f"{START}okta/")
    assert "Last 24 hours" in text(page)
    assert ways(markup(page)) == []


def test_strangers_count_for_nobody(portal: Client) -> None:
    entry(provider="", token_id="", status=401, occurred_at=timezone.now())
    assert calls_since(timezone.now() - HOUR) == []


def test_all_calls_cost_one_statement(portal: Client) -> None:
    first = issue()
    call(first)
    with CaptureQueriesContext(connection) as one:
        portal.get(START)
    for _number in range(5):
        call(issue("entra") if ScimToken.objects.count() < 2 else first, 500)
    with CaptureQueriesContext(connection) as more:
        portal.get(START)
    reading = [query for query in one if RequestHour._meta.db_table in query["sql"]]
    assert (len(reading), len(more)) == (1, len(one))


def test_old_calls_are_not_read() -> None:
    table = ScimRequest._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (occurred_at, request_id, provider, token_id, token_name, "  # noqa: S608
            "address, method, path, resource, resource_id, status, scim_type, duration_us, asked, "
            "answered, ignored) SELECT now() - interval '30 days' * (1 - n / 100000.0), n::text, "
            "'okta', '7', '', '', 'GET', '/Users', 'User', '', 200, '', 1, '', '', '{}' "
            "FROM generate_series(1, 100000) AS n"
        )
    since = timezone.now() - 24 * HOUR
    with CaptureQueriesContext(connection) as statements:
        [calls] = calls_since(since)
    assert calls == Calls("okta", "7", calls.total, 0)
    assert 3000 < calls.total < 3700
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statements[0]['sql']}")
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert table not in plan, plan
    assert RequestHour.objects.count() <= 30 * 24 + 1
