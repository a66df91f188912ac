"""The dashboard: connections, people, requests, invitations, and what wants attention."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actors import Actor
from mdm_portal.portal import figures, remembered
from scim_provisioning.activity.reasons import UNREGISTERED
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.tokens import services as tokens
from scim_provisioning.tokens.models import ScimToken
from tests.portal.people import ENTRA, group, person
from tests.portal.test_requests import entry
from tests.portal.test_roles import signed_in

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("tests")


@pytest.fixture(autouse=True)
def fresh_figures() -> None:
    """Begin with an empty cache."""
    cache.clear()


def page(client: Client) -> str:
    """Return the dashboard."""
    answer = client.get("/dashboard/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_portal_says_where_to_begin(portal: Client) -> None:
    assert portal.get("/", follow=True).redirect_chain == [("/dashboard/", 302)]
    shown = page(portal)
    assert "No identity provider is connected yet." in shown
    assert "What wants attention" not in shown


@pytest.mark.parametrize(
    ("used", "status", "words"),
    [
        (False, None, "Never connected"),
        (True, 200, "Last request fine"),
        (True, 401, "Last request failed"),
    ],
)
def test_a_connection_tells_how_its_last_request_went(
    portal: Client, used: bool, status: int | None, words: str
) -> None:
    tokens.generate(provider="okta", lifetime_days=365, actor=OPERATOR)
    if used:
        ScimToken.objects.update(last_used_at=timezone.now())
        entry(status=200, occurred_at=timezone.now())
        entry(
            status=status,
            occurred_at=timezone.now(),
            answered='{"detail": "because <b>"}',
        )
    shown = page(portal)
    assert words in shown
    assert ("because &lt;b&gt;" in shown) is (status == 401)


def test_users_and_groups_are_counted_by_source(portal: Client) -> None:
    group("Sales", person("Ana"), person("Bob", active=False))
    person("Zoe", ENTRA)
    shown = " ".join(page(portal).split())
    assert "SCIM Okta</a>" in shown and "SCIM Entra ID</a>" in shown


def test_requests_are_drawn_with_a_table_behind(portal: Client) -> None:
    entry(occurred_at=timezone.now())
    entry(occurred_at=timezone.now(), status=409)
    entry(occurred_at=timezone.now() - timedelta(days=3))
    shown = page(portal)
    assert shown.count("2 in all, 1 failed") == 1
    assert shown.count("3 in all, 1 failed") == 2
    assert shown.count('<svg class="chart"') == 3
    assert 'fill="url(#failed-day)"' in shown


def test_what_wants_attention_leads_to_where_it_is_mended(portal: Client) -> None:
    tokens.generate(provider="okta", lifetime_days=30, actor=OPERATOR)
    ana = person("Ana")
    now = timezone.now()
    Invitation.objects.create(user=person("Bob"), status="failed", due_at=now)
    Invitation.objects.create(user=ana, status="sent", sent_at=now - timedelta(days=31), due_at=now)
    urn = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:badgePin"
    entry(status=400, occurred_at=now, ignored={urn: UNREGISTERED})
    shown = page(portal)
    for text in (
        "A token of Okta expires soon.",
        "1 invitation failed.",
        "1 invitation expired.",
        "2 active users have no e-mail address.",
        'href="/users/?invite_status=failed"><bdi>1 invitation',
        'href="/users/?invite_status=expired"><bdi>1 invitation',
        'href="/users/?status=active&amp;email=without"',
        "Expires soon",
        "1 SCIM request failed within a day.",
        "Custom attributes arrive that are not registered: badgePin",
        "requests/?status=ignored",
    ):
        assert text in shown


def test_very_many_who_wait_are_not_counted_to_the_last(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "MOST_TOLD", 2)
    for number in range(4):
        person(f"user{number}")
    shown = page(portal)
    assert "2+ active users have no e-mail address." in shown


def test_a_failure_that_a_newer_invitation_mended_wants_no_attention(portal: Client) -> None:
    ana = person("Ana")
    for status in ("failed", "completed"):
        Invitation.objects.create(user=ana, status=status, due_at=timezone.now())
    shown = page(portal)
    assert "invitation failed" not in shown
    assert 'href="/users/?invite_status=completed">1</a>' in shown


def test_a_role_sees_its_part(db: None) -> None:
    entry(occurred_at=timezone.now(), status=400)
    shown = page(signed_in("user-read-only"))
    assert "Users and groups" in shown
    assert "SCIM requests" not in shown
    assert "failed within a day" not in shown


def test_statements_do_not_grow_and_are_saved_by_the_cache(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "TIMES", 1_000_000)
    for number in range(30):
        person(f"user{number}")
        entry(occurred_at=timezone.now())
    with CaptureQueriesContext(connection) as first:
        page(portal)
    with CaptureQueriesContext(connection) as second:
        page(portal)
    assert len(first) <= 20
    assert len(second) <= 8
