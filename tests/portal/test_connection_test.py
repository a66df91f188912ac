"""Test Connection: each identity provider's own requests, over real HTTP, told step by step."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from audit.actors import Actor
from mdm_portal.embedded import free_port
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.tokens import services as tokens
from tests.portal.test_roles import signed_in
from tests.scim.live import served

START = "/admin/identity/user-provisioning/"
OPERATOR = Actor.operator("tests")


@pytest.fixture
def service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[str]:
    """Give a running service at the portal's public address."""
    with served(tmp_path / "log", workers=1) as url:
        parts = urlsplit(url)
        monkeypatch.setattr(settings, "PUBLIC_URL", f"{parts.scheme}://{parts.netloc}")
        yield url


def shown_after(portal: Client, provider: str, secret: str) -> str:
    """Return the page after a test."""
    answer = portal.post(f"{START}{provider}/test/", {"token": secret})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_every_provider_connects_with_a_good_token(portal: Client, service: str) -> None:
    issued = tokens.generate(provider="okta", lifetime_days=30, actor=OPERATOR)
    for provider in PROVIDERS:
        shown = shown_after(portal, provider, issued.secret)
        assert "The connection works." in shown
        assert issued.secret not in shown


@pytest.mark.django_db(transaction=True)
def test_a_token_that_is_not_good_is_told_in_words(portal: Client, service: str) -> None:
    issued = tokens.generate(provider="okta", lifetime_days=30, actor=OPERATOR)
    tokens.deactivate(token_id=issued.token.id, actor=OPERATOR)
    shown = shown_after(portal, "okta", issued.secret)
    assert "The connection does not work yet." in shown
    assert "401: the token is wrong, inactive, expired or removed." in shown


@pytest.mark.django_db
def test_an_address_that_does_not_answer_is_told(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PUBLIC_URL", f"http://127.0.0.1:{free_port()}")
    shown = shown_after(portal, "entra", "scim_" + "x" * 48)
    assert shown.count("The address cannot be reached from this server.") == 2


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["", "hunter2", "scim_short", "scim_" + "é" * 48])
def test_what_is_no_token_is_sent_nowhere(portal: Client, secret: str) -> None:
    answer = portal.post(f"{START}okta/test/", {"token": secret})
    assert answer.status_code == 422
    assert b'class="error"' in answer.content
    assert secret == "" or secret not in answer.content.decode()


@pytest.mark.django_db
def test_the_steps_are_shown_before(portal: Client) -> None:
    shown = portal.get(f"{START}entra/test/").content.decode()
    assert "Look for a user that does not exist" in shown
    assert portal.get(f"{START}nobody/test/").status_code == 404


@pytest.mark.django_db
def test_it_belongs_to_the_system(db: None) -> None:
    assert signed_in("user-management").get(f"{START}okta/test/").status_code == 403
