"""Send Invite shows the mail, who gets it and who does not, before anything is sent."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from mdm_portal.administrators import create_administrator
from scim_provisioning.directory.models import User
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.settings.services import add_custom_attribute
from tests.portal.people import person
from tests.portal.words import markup, text

pytestmark = pytest.mark.django_db
NASTY = '<script>alert("x")</script>'


def invitable(name: str, **fields: Any) -> User:
    """Return a user with an address."""
    return person(name, emails=({"value": f"{name}@mail.example"},), **fields)


def asked_for(*users: User) -> str:
    """Return the address of the page for some users."""
    return "/users/actions/invite/?" + "&".join(f"user={user.pk}" for user in users)


@pytest.fixture(autouse=True)
def _public(settings: Any) -> None:
    """Give the portal a public address."""
    settings.PUBLIC_URL = "https://mdm.example.org"


@pytest.fixture
def spanish(db: None) -> User:
    """Return a user who is written to in Spanish."""
    add_custom_attribute(name="locale", actor=Actor.system())
    return invitable("zoe", custom={"locale": "es-MX"})


def test_the_page_shows_who_gets_a_mail_and_who_does_not_and_why(portal: Client) -> None:
    ana, nobody = invitable("ana"), person("nobody")
    away = invitable("away", active=False)
    done, waiting = invitable("done"), invitable("waiting")
    now = timezone.now()
    Invitation.objects.create(user=done, status="completed", due_at=now)
    Invitation.objects.create(user=waiting, status="sent", sent_at=now, due_at=now)
    page = portal.get(asked_for(ana, nobody, away, done, waiting))
    invited, _, others = text(page).partition("Who gets no mail")
    assert "ana@mail.example" in invited
    assert "Shown above" in invited
    for words in (
        "nobody No e-mail address",
        "away Not active",
        "done Has accepted an invitation",
        "waiting An invitation is under way",
    ):
        assert words in others
    assert Invitation.objects.count() == 2
    assert not Event.objects.filter(event="invitation.requested").exists()


def test_the_mail_is_the_one_that_the_user_would_get(portal: Client, spanish: User) -> None:
    ana = invitable("ana", given_name="x")
    page = portal.get(asked_for(ana, spanish))
    assert "You are invited to register for mobile device management" in text(page)
    assert "Hello ana," in text(page)
    assert "https://mdm.example.org/register/…/" in text(page)
    assert "English" in text(page)
    page = portal.get(f"{asked_for(ana, spanish)}&preview={spanish.pk}")
    assert "Spanish" in text(page)
    assert '<pre class="body mail" lang="es"' in markup(page)
    assert "Hola" in text(page)
    assert "zoe" in text(page)
    assert "Hello ana," not in text(page)


def test_the_choice_of_the_mail_keeps_the_selection(portal: Client) -> None:
    ana, bob = invitable("ana"), invitable("bob", department="Ops")
    page = markup(portal.get(f"{asked_for(ana, bob)}&department=ops&sort=-name"))
    form = re.search(r'<form method="get" action="/users/actions/invite/">.*?</form>', page)
    assert form
    for field in (
        f'name="user" value="{ana.pk}"',
        f'name="user" value="{bob.pk}"',
        'name="department" value="ops"',
        'name="sort" value="-name"',
        f'name="preview" value="{bob.pk}"',
    ):
        assert field in form[0]


@pytest.mark.parametrize("key", ["", "nonsense", "\x00", "01a1fd08-5946-771b-81cb-898318798590"])
def test_a_mail_that_is_not_there_is_the_first_one(portal: Client, key: str) -> None:
    page = portal.get(asked_for(invitable("ana")), {"preview": key})
    page = portal.get("/users/actions/invite/", {"all": "1", "preview": key})
    assert "Hello ana," in text(page)


def test_somebody_outside_of_the_selection_is_not_previewed(portal: Client) -> None:
    ana, bob = invitable("ana"), invitable("bob")
    page = text(portal.get(f"{asked_for(ana)}&preview={bob.pk}"))
    assert "Hello ana," in page
    assert "bob@mail.example" not in page


def test_nasty_names_are_text(portal: Client) -> None:
    nasty = person("nasty", emails=({"value": "n@ex.org"},), given_name=NASTY)
    User.objects.filter(pk=nasty.pk).update(display_name=NASTY, sort_name=NASTY)
    for address in (asked_for(nasty), f"/users/{nasty.pk}/invite/"):
        page = markup(portal.get(address))
        assert "<script>alert" not in page
        assert "Hello &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;," in page


def test_what_keeps_mails_from_people_is_told(portal: Client, settings: Any) -> None:
    ana = invitable("ana")
    page = text(portal.get(asked_for(ana)))
    assert "No mail server is configured" not in page
    assert "PUBLIC_URL is not set" not in page
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.PUBLIC_URL, settings.LOCAL_URL = "", "http://localhost:8000"
    for address in (asked_for(ana), f"/users/{ana.pk}/invite/"):
        page = text(portal.get(address))
        assert "No mail server is configured: mails are kept as files" in page
        assert "PUBLIC_URL is not set: the link in the mail leads to http://localhost:8000" in page


def test_the_page_of_one_user_shows_the_mail_and_sends_it(portal: Client, spanish: User) -> None:
    path = f"/users/{spanish.pk}/invite/"
    page = portal.get(path)
    assert "Send “ zoe ” an invitation to zoe@mail.example" in text(page)
    assert "Hola" in text(page)
    assert 'class="button primary">Send</button>' in markup(page)
    assert f'href="/users/{spanish.pk}/invitations/">Cancel</a>' in markup(page)
    assert not Invitation.objects.exists()
    answer = portal.post(path, follow=True)
    assert answer.redirect_chain == [(f"/users/{spanish.pk}/invitations/", 302)]
    assert "The invitation to zoe@mail.example is on its way." in text(answer)
    page = portal.get(path)
    assert "An invitation of this user is under way." in text(page)
    assert 'class="button primary">Send' not in markup(page)


def test_who_may_only_read_is_not_offered_to_send(db: None) -> None:
    password = "correct horse battery staple"
    create_administrator(
        username="ana", actor=Actor.operator("tests"), role="user-read-only", password=password
    )
    reader, bob = Client(), invitable("bob")
    reader.post("/sign-in/", {"username": "ana", "password": password})
    assert "Send Invite" not in text(reader.get(f"/users/{bob.pk}/"))
    assert ">Send</button>" not in markup(reader.get(f"/users/{bob.pk}/invite/"))
    assert reader.post(f"/users/{bob.pk}/invite/").status_code == 403
    assert not Invitation.objects.exists()


def test_the_page_costs_the_same_for_many(portal: Client) -> None:
    for number in range(3):
        invitable(f"u{number}")
    portal.get("/users/actions/invite/?all=1")
    with CaptureQueriesContext(connection) as few:
        portal.get("/users/actions/invite/?all=1")
    for number in range(3, 60):
        invitable(f"u{number}")
    with CaptureQueriesContext(connection) as many:
        page = portal.get("/users/actions/invite/?all=1")
    assert len(many) == len(few)
    assert "60 users are sent an invitation by e-mail." in text(page)
    assert "The first 50 are shown, by name." in text(page)
