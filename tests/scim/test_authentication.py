"""Tokens at the door: which requests get in, and how soon a revoked one does not."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from scim_provisioning.directory.models import User
from scim_provisioning.tokens import credentials, services
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.services import IssuedToken
from tests.scim.client import ScimClient
from tests.scim.conftest import operator
from tests.scim.live import served

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
ROUTES = [
    ("GET", "/Users"),
    ("POST", "/Users"),
    ("POST", "/Users/.search"),
    ("GET", "/Users/00000000-0000-7000-8000-000000000000"),
    ("PUT", "/Users/00000000-0000-7000-8000-000000000000"),
    ("PATCH", "/Users/00000000-0000-7000-8000-000000000000"),
    ("DELETE", "/Users/00000000-0000-7000-8000-000000000000"),
    ("GET", "/Groups"),
    ("POST", "/Groups"),
    ("GET", "/Groups/x"),
    ("GET", "/ServiceProviderConfig"),
    ("GET", "/ResourceTypes"),
    ("GET", "/Schemas"),
    ("POST", "/.search"),
    ("POST", "/Bulk"),
    ("GET", "/Me"),
    ("GET", "/nowhere"),
    ("GET", ""),
    ("OPTIONS", "/Users"),
]


def issue(provider: str = "okta") -> IssuedToken:
    """Return a fresh token."""
    return services.generate(provider=provider, lifetime_days=30, actor=operator())


def is_refused(answer: Any) -> bool:
    """Tell a 401; fail unless it is the one that RFC 7644 and Okta's test ask for (O-2)."""
    if answer.status_code != 401:
        return False
    body = answer.json()
    assert body["schemas"] == [ERROR]
    assert body["status"] == "401"
    assert body["detail"]
    assert answer.headers["Content-Type"] == "application/scim+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    return True


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_is_closed(method: str, path: str) -> None:
    """Nothing answers without a token, not even that it does not exist."""
    assert is_refused(ScimClient("").request(method, path, None, {"Authorization": None}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "non-token",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer {secret}x",
        "Bearer {secret} {secret}",
        "Bearer {changed}",
        "Basic {secret}",
        "{secret}",
        "Token {secret}",
        "Bearer {upper}",
        "Bearer scim_" + "é" * 48,
        "Bearer " + "a" * 100_000,
    ],
)
def test_headers_that_are_no_token(header: str | None) -> None:
    """Neither a malformed header nor a token that is nearly right gets in."""
    secret = issue().secret
    changed = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    shown = header and header.format(secret=secret, changed=changed, upper=secret.upper())
    assert is_refused(ScimClient("").request("GET", "/Users", None, {"Authorization": shown}))


@pytest.mark.django_db
def test_nothing_is_written_without_a_token() -> None:
    """The body is not even read."""
    client = ScimClient("scim_" + "x" * 48)
    assert is_refused(client.post("/Users", {"userName": "a@ex.org"}))
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_counts_in_any_letter_case(scheme: str) -> None:
    """RFC 9110 section 11.1."""
    headers: dict[str, str | None] = {"Authorization": f"{scheme} {issue().secret}"}
    assert ScimClient("").request("GET", "/Users", None, headers).status_code == 200


def deactivated(token: IssuedToken) -> None:
    """Set the token to inactive."""
    services.deactivate(token_id=token.token.id, actor=operator())


def removed(token: IssuedToken) -> None:
    """Remove the token."""
    services.remove(token_id=token.token.id, actor=operator())


def expired(token: IssuedToken) -> None:
    """Let the token's time be over."""
    past = timezone.now() - timedelta(seconds=1)
    ScimToken.objects.filter(id=token.token.id).update(expires_at=past)


def renewed(token: IssuedToken) -> None:
    """Renew without an overlap."""
    services.renew(token_id=token.token.id, overlap_hours=0, actor=operator())


ENDS = [deactivated, removed, expired, renewed]


@pytest.mark.django_db
@pytest.mark.parametrize("end", ENDS)
def test_a_token_that_has_ended(end: Callable[[IssuedToken], None]) -> None:
    """Each way in which a token ends gets the same 401."""
    token = issue()
    client = ScimClient(token.secret)
    assert client.get("/Users").status_code == 200
    end(token)
    credentials.forget_all()
    assert is_refused(client.get("/Users"))


@pytest.mark.django_db
def test_an_activated_token_is_good_again() -> None:
    """Set to Inactive, then Set to Active."""
    token = issue()
    deactivated(token)
    services.activate(token_id=token.token.id, actor=operator())
    assert ScimClient(token.secret).get("/Users").status_code == 200


@pytest.mark.django_db
def test_both_secrets_are_good_during_the_overlap() -> None:
    """After Renew the old secret lives for the hours that were chosen, and no longer."""
    token = issue()
    new = services.renew(token_id=token.token.id, overlap_hours=1, actor=operator())
    for secret in (token.secret, new.secret):
        assert ScimClient(secret).get("/Users").status_code == 200
    past = timezone.now() - timedelta(seconds=1)
    ScimToken.objects.filter(id=token.token.id).update(previous_expires_at=past)
    credentials.forget_all()
    assert is_refused(ScimClient(token.secret).get("/Users"))
    assert ScimClient(new.secret).get("/Users").status_code == 200


@pytest.mark.django_db
def test_two_tokens_side_by_side() -> None:
    """Ending one does not touch the other."""
    first, second = issue(), issue("entra")
    assert ScimClient(first.secret).get("/Users").status_code == 200
    deactivated(first)
    credentials.forget_all()
    assert is_refused(ScimClient(first.secret).get("/Users"))
    assert ScimClient(second.secret).get("/Users").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_every_process_refuses_within_a_second(tmp_path: Path) -> None:
    """With two workers that both know the token, none lets it in a second after the click."""
    with served(tmp_path / "portal.log") as url:
        for end in ENDS:
            token = issue()
            assert all(status == 200 for _moment, status in calls(url, token.secret, 0.3))
            clicked = time.monotonic()
            end(token)
            late = [
                moment - clicked
                for moment, status in calls(url, token.secret, 1.6)
                if status != 401 and moment - clicked > 1
            ]
            assert not late, f"{end.__name__}: still let in after {max(late):.2f} s"
            if end is not removed:
                removed(token)


def calls(url: str, secret: str, seconds: float) -> list[tuple[float, int]]:
    """Return when each of many calls was sent, each on a new connection, and its status."""
    headers = {"Authorization": f"Bearer {secret}"}
    found = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sent = time.monotonic()
        answer = httpx.get(f"{url}/Users", params={"count": 1}, headers=headers, timeout=10)
        found.append((sent, answer.status_code))
    return found
