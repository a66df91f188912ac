"""Signing in and out: the page, what it refuses, the lock-out, and the trail of all of it."""

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User as Administrator
from django.test import Client
from pytest_django.fixtures import Settings

from audit import events
from audit.models import Event
from mdm_portal import settings as stated
from tests.conftest import PASSWORD
from tests.portal.words import Page, markup, text

SIGN_IN = "/sign-in/"
USERS = "/admin/identity/user-provisioning/okta/"

pytestmark = pytest.mark.django_db


def sign_in(client: Client, password: str = PASSWORD, **extra: Any) -> Page:
    """Return the answer to a sign-in as admin."""
    fields = {"username": "admin", "password": password} | extra.pop("fields", {})
    return client.post(SIGN_IN, fields, **extra)


def trail() -> list[tuple[str, str, str]]:
    """Return the events of sign-in, oldest first: what, who, outcome."""
    rows = Event.objects.filter(event__startswith="administrator.signed_").order_by("occurred_at")
    failed = Event.objects.filter(event=events.SIGN_IN_FAILED.key).order_by("occurred_at")
    return [(row.event, row.actor_name, row.status) for row in [*failed, *rows]]


def test_every_page_asks_for_sign_in_first(client: Client) -> None:
    response = client.get(USERS, {"x": "1"})
    assert response.status_code == 302
    assert response["Location"] == f"{SIGN_IN}?next={USERS}%3Fx%3D1"


def test_sign_in_goes_to_the_page_that_was_asked_for(
    client: Client, administrator: Administrator
) -> None:
    response = sign_in(client, fields={"next": USERS})
    assert (response.status_code, response["Location"]) == (302, USERS)
    assert client.get(USERS).status_code == 200


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http:///evil"]
)
def test_sign_in_never_leads_to_another_site(
    client: Client, administrator: Administrator, address: str
) -> None:
    response = sign_in(client, fields={"next": address})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_a_signed_in_administrator_goes_straight_on(portal: Client) -> None:
    assert portal.get(SIGN_IN).status_code == 302


@pytest.mark.parametrize("fields", [{"password": "wrong"}, {"username": "nobody"}])
def test_a_failed_sign_in_says_so_beside_the_form_and_tells_nothing_more(
    client: Client, administrator: Administrator, fields: dict[str, str]
) -> None:
    response = sign_in(client, fields=fields)
    assert response.status_code == 200
    assert "Username or password is wrong." in text(response)
    assert PASSWORD not in markup(response)
    assert 'value="wrong"' not in markup(response)


def test_a_disabled_administrator_reads_what_a_wrong_password_reads(
    client: Client, administrator: Administrator
) -> None:
    administrator.is_active = False
    administrator.save()
    assert "Username or password is wrong." in text(sign_in(client))


def test_the_trail_names_who_came_who_failed_and_who_left(
    client: Client, administrator: Administrator
) -> None:
    sign_in(client, "wrong", REMOTE_ADDR="198.51.100.7")
    sign_in(client)
    client.post("/sign-out/")
    assert trail() == [
        ("administrator.sign_in_failed", "admin", "failure"),
        ("administrator.signed_in", "admin", "success"),
        ("administrator.signed_out", "admin", "success"),
    ]
    assert Event.objects.filter(status="failure").get().address == "198.51.100.7"
    assert not Event.objects.filter(details__contains="wrong").exists()


def test_sign_out_needs_a_form(portal: Client) -> None:
    assert portal.get("/sign-out/").status_code == 405
    response = portal.post("/sign-out/")
    assert (response.status_code, response["Location"]) == (302, SIGN_IN)
    assert portal.get(USERS).status_code == 302


def test_what_an_administrator_saw_is_kept_by_no_cache(portal: Client) -> None:
    assert "no-store" in portal.get("/admin/identity/user-provisioning/")["Cache-Control"]


def test_five_failures_lock_the_sign_in_and_say_when_to_try_again(
    client: Client, administrator: Administrator
) -> None:
    answers = [sign_in(client, "wrong").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    response = sign_in(client)
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "Try again in 15 minutes." in text(response)
    assert client.get(USERS).status_code == 302


def test_a_lock_holds_for_one_name_at_one_address_only(
    client: Client, administrator: Administrator
) -> None:
    for _ in range(5):
        sign_in(client, "wrong", REMOTE_ADDR="198.51.100.7")
    assert sign_in(client, REMOTE_ADDR="198.51.100.7").status_code == 429
    assert sign_in(client, REMOTE_ADDR="198.51.100.8").status_code == 302


def test_behind_a_proxy_the_callers_are_told_apart(
    client: Client, administrator: Administrator, settings: Settings
) -> None:
    settings.BEHIND_PROXY = True
    for _ in range(5):
        sign_in(client, "wrong", HTTP_X_FORWARDED_FOR="203.0.113.1, 198.51.100.7")
    assert sign_in(client, HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 429
    assert sign_in(client, HTTP_X_FORWARDED_FOR="198.51.100.8").status_code == 302


def test_a_success_forgets_the_failures_before_it(
    client: Client, administrator: Administrator
) -> None:
    for _ in range(2):
        for _ in range(4):
            sign_in(client, "wrong")
        assert sign_in(client).status_code == 302
        client.post("/sign-out/")


@pytest.mark.parametrize(
    "fields",
    [
        {"username": ""},
        {"username": "nul\0nul"},
        {"username": "x" * 5000},
        {"username": "\ud800".encode("utf-8", "surrogatepass")},
        {"password": "x" * 100_000},
    ],
    ids=["blank", "nul", "long", "not-text", "long-password"],
)
def test_nothing_typed_into_the_form_breaks_it(
    client: Client, administrator: Administrator, fields: dict[str, Any]
) -> None:
    assert sign_in(client, "wrong", fields=fields).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_USER_AGENT": "x" * 5000},
        {"HTTP_ACCEPT": "x" * 5000},
        {"REMOTE_ADDR": ""},
    ],
    ids=["agent", "accept", "no-address"],
)
def test_no_header_breaks_the_form(
    client: Client, administrator: Administrator, headers: dict[str, str]
) -> None:
    assert sign_in(client, "wrong", **headers).status_code == 200


def test_a_proxy_that_says_nonsense_breaks_nothing(
    client: Client, administrator: Administrator, settings: Settings
) -> None:
    settings.BEHIND_PROXY = True
    for nonsense in ("unknown", "198.51.100.7:4711", "x" * 5000):
        assert sign_in(client, "wrong", HTTP_X_FORWARDED_FOR=nonsense).status_code == 200


def test_a_form_from_elsewhere_is_refused_calmly(administrator: Administrator) -> None:
    response = sign_in(Client(enforce_csrf_checks=True))
    assert response.status_code == 403
    assert "This form is out of date" in text(response)


def test_sign_in_works_while_valkey_does_not(
    client: Client, administrator: Administrator, settings: Settings
) -> None:
    dead = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": dead}
    assert sign_in(client).status_code == 302
    assert client.get(USERS).status_code == 200
    assert client.post("/sign-out/").status_code == 302


def test_a_stolen_password_table_is_dear_to_guess(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = stated.PASSWORD_HASHERS
    stored = make_password(PASSWORD)
    assert stored.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")
    assert check_password(PASSWORD, stored)
