"""Admin > Identity > Invitation Settings: the form, what it refuses, who may what."""

import pytest
from django.test import Client

from audit.actors import Actor
from audit.models import Event
from mdm_portal.administrators import create_administrator
from scim_provisioning.invitations.models import InvitationSettings
from scim_provisioning.invitations.options.options import Options, current
from tests.portal.words import markup, text

PAGE = "/admin/identity/invitations/"
TYPED = {
    "reminders": "on",
    "remind_after": "5",
    "remind_every": "2",
    "remind_most": "30",
    "enrolment_url": "https://enroll.example.org/",
    "from_name": "Équipe",
    "from_address": "mobile@example.org",
    "reply_to": "help@example.org",
    "product_name": "Fleet",
    "logo_url": "https://example.org/logo.png",
    "website_label": "Example",
    "mails_per_minute": "60",
}

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_defaults(portal: Client) -> None:
    page = portal.get(PAGE)
    assert page.status_code == 200
    assert "User Invite Reminder Setting" in text(page)
    assert 'name="remind_most" value="3"' in markup(page)
    assert 'role="switch" name="reminders" checked' not in markup(page)
    assert 'aria-current="page"> <span>Invitation Settings</span>' in markup(page)
    assert not InvitationSettings.objects.exists()


def test_what_is_saved_holds_and_is_audited(portal: Client) -> None:
    page = portal.post(PAGE, TYPED, follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert "Changes saved." in text(page)
    assert current() == Options(
        True,
        5,
        2,
        30,
        False,
        "https://enroll.example.org/",
        "Fleet",
        "https://example.org/logo.png",
        "Example",
        "Équipe",
        "mobile@example.org",
        "help@example.org",
        60,
    )
    assert 'name="reminders" checked' in markup(page)
    assert Event.objects.get(type="settings").label == "Invitation Settings Changed"
    assert "Nothing was changed." in text(portal.post(PAGE, TYPED, follow=True))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("remind_most", "31", "Use a number from 1 to 30."),
        ("remind_after", "30", "Use a number from 1 to 29."),
        ("remind_every", "0", "Use a number from 1 to 29."),
        ("remind_most", "x", "Enter a whole number."),
        ("remind_most", "9" * 400, "from 1 to 30"),
        ("remind_after", "", "This field is required."),
        ("mails_per_minute", "-1", "Use a number from 0 to 10000."),
        ("enrolment_url", "enroll.example.org", "begins with https:// or http://"),
        ("enrolment_url", "javascript:alert(1)", "begins with https:// or http://"),
        ("logo_url", "data:image/png;base64,x", "begins with https:// or http://"),
        ("enrolment_url", "https://x.org/" + "x" * 500, "Use 500 characters at most."),
        ("from_address", "nobody", "is not an e-mail address."),
        ("from_address", "jané@example.org", "is not an e-mail address."),
        ("reply_to", "a@b.c, d@e.f", "is not an e-mail address."),
        ("from_name", "a\x00b", "Null characters are not allowed."),
        ("product_name", "x" * 101, "Use 100 characters at most."),
    ],
)
def test_what_may_not_be_is_refused_beside_its_field(
    portal: Client, field: str, value: str, reason: str
) -> None:
    page = portal.post(PAGE, TYPED | {field: value})
    assert page.status_code == 422
    assert reason in text(page)
    assert f'id="id_{field}_error"' in markup(page)
    assert 'value="Équipe"' in markup(page) or field == "from_name"
    assert not InvitationSettings.objects.exists()


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("system-management", 200, 302),
        ("system-read-only", 200, 403),
        ("user-management", 403, 403),
    ],
)
def test_the_settings_belong_to_the_system(role: str, reads: int, writes: int) -> None:
    password = "correct horse battery staple"
    create_administrator(
        username="ana", actor=Actor.operator("tests"), role=role, password=password
    )
    client = Client()
    client.post("/sign-in/", {"username": "ana", "password": password})
    assert client.get(PAGE).status_code == reads
    assert client.post(PAGE, TYPED).status_code == writes
