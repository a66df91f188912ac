"""A user's page: their invitations, and everything that was ever done to them."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit import events
from audit.services import Subject, record
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user, deprovision_user, update_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations.models import Invitation
from tests.portal.people import OKTA, person
from tests.portal.words import text

pytestmark = pytest.mark.django_db
TABS = ("", "attributes/", "groups/", "invitations/", "history/")


@pytest.fixture
def ana() -> User:
    """Return a user with an address."""
    return person("Ana <b>", emails=({"value": "ana@ex.org"},))


def invited(user: User, **columns: object) -> Invitation:
    """Return an invitation as the worker leaves it."""
    return Invitation.objects.create(user=user, provider="okta", due_at=timezone.now(), **columns)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_leads_to_all_others_and_is_marked(portal: Client, ana: User, tab: str) -> None:
    page = portal.get(f"/users/{ana.pk}/{tab}").content.decode()
    for other in TABS:
        assert f'<a href="/users/{ana.pk}/{other}"' in page
    tabs = page.partition('class="tabs"')[2].partition("</ul>")[0]
    assert re.findall(r'href="([^"]+)" aria-current="page"', tabs) == [f"/users/{ana.pk}/{tab}"]
    assert '<a href="/users/" aria-current="true"' in re.sub(r"\s+", " ", page)


@pytest.mark.parametrize("tab", ["invitations/", "history/"])
def test_an_unknown_user_is_a_404_page(portal: Client, tab: str) -> None:
    assert portal.get(f"/users/{uuid4()}/{tab}").status_code == 404


@pytest.mark.parametrize("tab", ["invitations/", "history/"])
def test_nobody_sees_a_tab_without_signing_in(client: Client, ana: User, tab: str) -> None:
    path = f"/users/{ana.pk}/{tab}"
    assert client.get(path)["Location"] == f"/sign-in/?next={path}"


def test_invitations_tell_status_time_and_failure(portal: Client, ana: User) -> None:
    now = timezone.now()
    invited(ana, status="failed", attempts=3, failure="550 <no such user>")
    invited(ana, status="cancelled")
    invited(ana, status="completed", sent_at=now, completed_at=now)
    invited(ana, status="sent", sent_at=now)
    shown = text(portal.get(f"/users/{ana.pk}/invitations/"))
    for words in ("Failed", "550 &lt;no such user&gt;", "after 3 attempts", "Cancelled"):
        assert words in shown
    assert "Completed" in shown
    assert "open until" in shown


def test_an_invitation_nobody_answered_is_expired(portal: Client, ana: User) -> None:
    invited(ana, status="sent", sent_at=timezone.now() - timedelta(days=31))
    shown = text(portal.get(f"/users/{ana.pk}/invitations/"))
    assert "Expired" in shown
    assert "open until" not in shown


def test_a_waiting_invitation_tells_when_it_is_due(portal: Client, ana: User) -> None:
    invited(ana)
    shown = text(portal.get(f"/users/{ana.pk}/invitations/"))
    assert "Pending" in shown
    assert "due " in shown


def test_whoever_cannot_be_invited_reads_why(portal: Client, ana: User) -> None:
    assert "This user was not invited yet." in text(portal.get(f"/users/{ana.pk}/invitations/"))
    bob = person("bob")
    shown = text(portal.get(f"/users/{bob.pk}/invitations/"))
    assert "Without an e-mail address a user cannot be invited." in shown


def test_invitations_of_others_are_not_shown(portal: Client, ana: User) -> None:
    invited(person("bob", emails=({"value": "bob@ex.org"},)))
    assert "not invited yet" in text(portal.get(f"/users/{ana.pk}/invitations/"))


def test_the_history_tells_who_did_what_when_from_what_to_what(portal: Client, ana: User) -> None:
    update_user(user_id=ana.pk, edit=lambda state: replace(state, department="Ops"), actor=OKTA)
    person("somebody else")
    deprovision_user(user_id=ana.pk, actor=OKTA)
    shown = text(portal.get(f"/users/{ana.pk}/history/"))
    for words in ("User Created", "User Updated", "User Deleted", "scim_Ab3dEf9h…", "Ops", "Okta"):
        assert words in shown
    assert shown.index("User Deleted") < shown.index("User Updated") < shown.index("User Created")
    assert "somebody else" not in shown


def test_the_history_holds_invitations_too(portal: Client, ana: User) -> None:
    about = Subject("user", str(ana.pk), ana.title)
    record(events.INVITATION_SENT, actor=OKTA, subject=about)
    assert "Invitation Sent" in text(portal.get(f"/users/{ana.pk}/history/"))


def test_a_group_of_the_same_id_is_another_history(portal: Client, ana: User) -> None:
    record(events.GROUP_CREATED, actor=OKTA, subject=Subject("group", str(ana.pk), "x"))
    assert "User Group Created" not in text(portal.get(f"/users/{ana.pk}/history/"))


def test_older_history_is_reached_by_key_25_a_page(
    portal: Client, ana: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    about = Subject("user", str(ana.pk), ana.title)
    for number in range(30):
        record(events.USER_UPDATED, actor=OKTA, subject=about, details=f"step-{number:02}")
    with django_assert_max_num_queries(5):
        first = portal.get(f"/users/{ana.pk}/history/").content.decode()
    assert ("step-29" in first, "step-05" in first, "step-04" in first) == (True, True, False)
    found = re.search(r'rel="next"\s+href="(\?[^"]+)"', first)
    assert found
    second = portal.get(f"/users/{ana.pk}/history/{found[1]}").content.decode()
    assert ("step-05" in second, "step-04" in second, "User Created" in second) == (
        False,
        True,
        True,
    )


@pytest.mark.parametrize("query", ["before=x", "before=" + "9" * 40, "before=0", "before=-1"])
def test_odd_questions_get_a_calm_page(portal: Client, ana: User, query: str) -> None:
    assert portal.get(f"/users/{ana.pk}/history/?{query}").status_code == 200


def test_a_very_long_name_fits_every_index(portal: Client) -> None:
    letters = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(1024))
    long = create_user(state=UserState(user_name="long@ex.org", formatted_name=letters), actor=OKTA)
    assert letters in portal.get(f"/users/{long.pk}/").content.decode()
