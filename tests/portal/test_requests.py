"""The request log page: narrowed down, opened, and an unregistered attribute one click away."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from scim_provisioning.activity import pages
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.activity.reasons import READ_ONLY, UNKEPT, UNREGISTERED
from scim_provisioning.activity.services import prune
from scim_provisioning.settings.models import CustomAttribute
from tests.portal.people import OKTA, person

pytestmark = pytest.mark.django_db
HERE = "/admin/identity/user-provisioning/requests/"
IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"


def entry(**columns: Any) -> ScimRequest:
    """Return a stored line of the log."""
    defaults: dict[str, Any] = {
        "occurred_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "request_id": uuid4().hex,
        "provider": "okta",
        "token_name": "scim_Ab3dEf9h…",
        "method": "GET",
        "path": "/Users",
        "resource": "User",
        "status": 200,
        "duration_us": 1234,
    }
    return ScimRequest.objects.create(**{**defaults, **columns})


def page(portal: Client, path: str = "") -> str:
    """Return a page of the log."""
    answer = portal.get(HERE + path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_log_says_what_will_come(portal: Client) -> None:
    assert "No requests yet." in page(portal)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"/Users/1", "/Groups/2", "/Users/3"}),
        ("provider=entra", {"/Groups/2"}),
        ("status=success", {"/Users/1", "/Groups/2"}),
        ("status=refused", {"/Users/3"}),
        ("status=unauthorized", set()),
        ("status=ignored", {"/Users/1"}),
        ("method=PATCH", {"/Groups/2"}),
        ("resource=Group", {"/Groups/2"}),
        ("start=2026-03-02T00:00", {"/Groups/2", "/Users/3"}),
        ("end=2026-03-01T13:00", {"/Users/1"}),
        ("start=2026-03-02T00:00&end=2026-03-03T00:00&provider=okta", {"/Users/3"}),
        ("status=%00&method=x&start=soon&before=x", {"/Users/1", "/Groups/2", "/Users/3"}),
    ],
)
def test_the_log_is_narrowed_down(portal: Client, query: str, found: set[str]) -> None:
    day = timedelta(days=1)
    first = entry(path="/Users/1", ignored={"title": UNKEPT})
    later = first.occurred_at + day
    entry(path="/Groups/2", provider="entra", method="PATCH", resource="Group", occurred_at=later)
    entry(path="/Users/3", status=409, occurred_at=later)
    shown = page(portal, f"?{query}")
    assert {path for path in ("/Users/1", "/Groups/2", "/Users/3") if path in shown} == found


def test_older_requests_are_a_click_away(portal: Client) -> None:
    rows = [entry(path=f"/Users/{number:03}") for number in range(60)]
    first = page(portal)
    assert ("/Users/059" in first, "/Users/009" in first) == (True, False)
    assert f"before={rows[10].pk}" in first
    assert "/Users/009" in page(portal, f"?before={rows[10].pk}")


def test_a_line_opens_to_asked_answered_ignored_and_changed(portal: Client) -> None:
    user = person("Ana", OKTA)
    opened = entry(
        method="POST",
        path="/Users",
        resource_id=str(user.id),
        status=201,
        asked='{"userName": "<b>ana</b>", "password": "•••"}',
        answered=f'{{"id": "{user.id}"}}',
        ignored={"password": UNKEPT, "id": READ_ONLY, f"{IVANTI}:pin": UNREGISTERED},
        request_id=OKTA.request_id,
    )
    shown = page(portal, f"{opened.pk}/")
    for text in (
        "&lt;b&gt;ana&lt;/b&gt;",
        "This product does not keep this attribute.",
        "Only the service itself sets this attribute.",
        "This custom attribute is not registered.",
        "User Created",
        "1.2 ms",
    ):
        assert text in shown
    assert shown.count("Add Custom Attribute") == 1


def test_one_click_registers_what_was_not_registered(portal: Client) -> None:
    opened = entry(ignored={f"{IVANTI}:badgePin": UNREGISTERED})
    answer = portal.post(f"{HERE}{opened.pk}/register/", {"name": "badgePin"}, follow=True)
    assert "Custom attribute “badgePin” was added." in answer.content.decode()
    assert "Registered meanwhile" in page(portal, f"{opened.pk}/")
    assert list(CustomAttribute.objects.values_list("name", flat=True)) == ["badgePin"]


@pytest.mark.parametrize(
    ("sent", "name", "sentence"),
    [
        ("9lives", "9lives", "Start with a letter"),
        ("department", "department", "is the name of a built-in variable"),
        ("pin", "other", "This request brought no such custom attribute."),
    ],
)
def test_a_name_that_cannot_be_registered_is_refused_with_a_sentence(
    portal: Client, sent: str, name: str, sentence: str
) -> None:
    opened = entry(ignored={f"{IVANTI}:{sent}": UNREGISTERED})
    answer = portal.post(f"{HERE}{opened.pk}/register/", {"name": name}, follow=True)
    assert sentence in answer.content.decode()
    assert not CustomAttribute.objects.exists()


@pytest.mark.parametrize("path", ["1/", "99999999999999999999/", "x/"])
def test_a_line_that_is_not_there_is_404(portal: Client, path: str) -> None:
    assert portal.get(HERE + path).status_code == 404


def test_old_requests_are_pruned(db: None) -> None:
    entry()
    recent = entry(occurred_at=datetime.now(tz=UTC))
    assert prune(timedelta(days=30)) == 1
    assert list(ScimRequest.objects.all()) == [recent]


def test_a_filter_looks_so_far_and_offers_to_go_on(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "REACH", 10)
    rare = entry(provider="entra", path="/Users/rare")
    for _number in range(25):
        entry()
    address, seen = "?provider=entra", []
    while address:
        shown = page(portal, address)
        seen.append("/Users/rare" in shown)
        further = re.search(r'href="(\?[^"]+)">Search further back', shown)
        assert bool(further) is ("Not all requests were searched." in shown)
        address = further[1].replace("&amp;", "&") if further else ""
    assert seen == [False, False, True]
    assert rare.pk == ScimRequest.objects.order_by("id").first().pk  # type: ignore[union-attr]
    assert "Not all requests were searched." not in page(portal)
