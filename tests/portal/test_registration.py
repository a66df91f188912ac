"""The page behind the link of an invitation: public, once, calm whatever comes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user, deprovision_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations import links, services
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.options.options import Options
from scim_provisioning.invitations.options.services import change
from scim_provisioning.invitations.qr import qr_code
from tests.portal.words import text
from tests.services.parallel import in_parallel

OKTA = Actor.token("1", "scim_okta", "okta")

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    """Return a user of Okta."""
    state = UserState(
        user_name="jane@example.org",
        display_name='Jane "<script>"',
        emails=({"value": "jane@example.org"},),
    )
    return create_user(state=state, actor=OKTA, source="okta")


@pytest.fixture
def invitation(person: User) -> Invitation:
    """Return an invitation that was sent."""
    now = timezone.now()
    return Invitation.objects.create(
        user=person, provider="okta", due_at=now, sent_at=now, status=Invitation.SENT
    )


@pytest.fixture
def path(invitation: Invitation) -> str:
    """Return the path of the link in the mail."""
    return links.link_to(invitation).removeprefix(links.base_url())


def status_of(invitation: Invitation) -> str:
    """Return the stored status."""
    return Invitation.objects.get(id=invitation.id).status


def test_the_page_confirms_who_it_is_and_takes_nothing_by_itself(
    client: Client, path: str, invitation: Invitation
) -> None:
    client.head(path)
    page = client.get(path)
    assert page.status_code == 200
    assert "Is this you?" in text(page)
    assert "jane@example.org" in text(page)
    assert "<script>&quot;" not in page.content.decode()
    assert "Jane &quot;&lt;script&gt;&quot;" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert 'name="robots" content="noindex"' in page.content.decode()
    assert status_of(invitation) == "sent"


def test_accepting_completes_once_and_is_audited(path: str, invitation: Invitation) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(path).status_code == 403
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text_of(client, path))
    assert found
    form = {"csrfmiddlewaretoken": found[1]}
    for _time in range(2):
        page = client.post(path, form, follow=True)
        assert page.status_code == 200
        assert "You are registered" in text(page)
    assert status_of(invitation) == "completed"
    event = Event.objects.filter(type="invitation").get()
    assert (event.label, event.actor_kind, event.actor_name, event.address, event.details) == (
        "Invitation Completed",
        "user",
        'Jane "<script>"',
        "127.0.0.1",
        "Okta",
    )


def text_of(client: Client, path: str) -> str:
    """Return a page's markup."""
    return client.get(path).content.decode()


def test_a_used_link_says_so(client: Client, path: str) -> None:
    client.post(path)
    page = client.get(path)
    assert "The link worked once and is closed now." in text(page)
    assert "Yes, accept" not in text(page)


def test_a_mail_that_a_killed_worker_sent_can_be_answered(
    client: Client, path: str, invitation: Invitation
) -> None:
    Invitation.objects.update(status="pending", sent_at=None)
    client.post(path)
    assert status_of(invitation) == "completed"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "token", ["x", "a:b:c", "%00", "%ff", "..%2f..", "é", "x" * 5000, "%3Cscript%3E", ":", "::"]
)
def test_a_made_up_link_gets_a_calm_page(client: Client, token: str, method: str) -> None:
    page = getattr(client, method)(f"/register/{token}/")
    assert page.status_code == 404
    if "%2f" not in token:
        assert "This link is not complete" in text(page)


def test_a_tampered_link_gets_a_calm_page(
    client: Client, path: str, invitation: Invitation
) -> None:
    for tampered in (path[:-3] + "/", path.replace("/register/", "/register/x"), path.upper()):
        for page in (client.get(tampered), client.post(tampered)):
            assert page.status_code == 404
    assert status_of(invitation) == "sent"


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_old_link_has_expired(
    client: Client,
    path: str,
    invitation: Invitation,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
) -> None:
    monkeypatch.setattr(links, "ANSWER_WITHIN", timedelta(seconds=-1))
    page = getattr(client, method)(path)
    assert page.status_code == 410
    assert "This invitation has expired Ask your administrator" in text(page)
    assert status_of(invitation) == "sent"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("change", ["replaced", "cancelled", "left"])
def test_a_link_that_no_longer_counts(
    client: Client, path: str, invitation: Invitation, change: str, method: str
) -> None:
    if change == "replaced":
        Invitation.objects.update(nonce="00000000-0000-4000-8000-000000000000")
    elif change == "cancelled":
        Invitation.objects.update(status="cancelled")
    else:
        deprovision_user(user_id=invitation.user_id, actor=OKTA)
    page = getattr(client, method)(path)
    assert page.status_code == 410
    assert "no longer valid" in text(page)
    assert not Event.objects.filter(event="invitation.completed").exists()


def test_the_language_switch_comes_back_to_the_page(client: Client, path: str) -> None:
    markup = text_of(client, path)
    assert f'name="next" value="{path}"' in markup
    answer = client.post("/language/", {"language": "es", "next": path})
    assert answer["Location"] == path
    assert '<html lang="es">' in text_of(client, path)


def test_the_page_is_in_the_language_of_the_person(client: Client, path: str, person: User) -> None:
    assert '<html lang="fr">' in text_of_french(client, path)
    User.objects.filter(pk=person.pk).update(custom={"locale": "es-MX"})
    page = client.get(path, headers={"Accept-Language": "fr"})
    assert '<html lang="es">' in page.content.decode()
    assert page["Content-Language"] == "es"
    client.post("/language/", {"language": "en", "next": path})
    assert '<html lang="en">' in text_of(client, path), "what was chosen on the page counts"


def text_of_french(client: Client, path: str) -> str:
    """Return the markup that a browser gets whose owner reads French."""
    return client.get(path, headers={"Accept-Language": "fr"}).content.decode()


def test_the_next_step_is_shown_as_text_and_as_a_code(client: Client, path: str) -> None:
    address = "https://enroll.example.org/go?a=1&b=2"
    change(options=Options(enrolment_url=address), actor=Actor.operator("tests"))
    assert "enroll.example.org" not in text_of(client, path), "not before it is accepted"
    page = client.post(path, follow=True)
    assert "Next step: enroll your device" in text(page)
    assert 'href="https://enroll.example.org/go?a=1&amp;b=2"' in page.content.decode()
    assert qr_code(address) in page.content.decode()
    assert "There is nothing more to do" not in text(page)
    assert "style=" not in page.content.decode()


def test_the_page_can_be_continued_on_a_phone(client: Client, path: str) -> None:
    assert qr_code(f"{links.base_url()}{path}") in text_of(client, path)


def test_a_link_ends_with_its_invitation(client: Client, path: str) -> None:
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=31))
    for page in (client.get(path), client.post(path)):
        assert page.status_code == 410
        assert "This invitation has expired" in text(page)


def test_other_methods_are_refused(client: Client, path: str) -> None:
    assert client.delete(path).status_code == 405


@pytest.fixture
def eight_clicks(transactional_db: None, path: str) -> Iterator[str]:
    """Return a token in a database that other connections see."""
    yield path.removeprefix("/register/").rstrip("/")


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_once_complete_it_once(eight_clicks: str) -> None:
    def click() -> Any:
        return services.complete(token=eight_clicks).status

    assert in_parallel([click] * 8) == ["completed"] * 8
    assert Event.objects.filter(event="invitation.completed").count() == 1
