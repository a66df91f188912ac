"""Users > Actions: each asks first, says how many and what happens, then tells who was skipped."""

import re
from typing import Any

import pytest
from django.test import Client

from audit.actors import Actor
from audit.models import Event
from mdm_portal.administrators import create_administrator
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user, deprovision_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.settings.services import add_custom_attribute
from tests.portal.people import OKTA, person
from tests.portal.words import markup, text

pytestmark = pytest.mark.django_db
ACTIONS = ("invite", "enable", "disable", "delete", "assign", "remove", "join", "leave")
ADMIN = Actor.system()


def local(name: str, **fields: Any) -> User:
    """Return a local user."""
    state = UserState(user_name=f"{name}@ex.org", display_name=name, **fields)
    return create_user(state=state, actor=ADMIN)


def inputs(page: Any) -> dict[str, Any]:
    """Return the hidden fields of the page's form."""
    form = re.search(r'<form method="post" action="/users/actions/.*?</form>', markup(page))
    assert form, text(page)
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]):
        found.setdefault(name, []).append(value.replace("&amp;", "&"))
    return found


def confirmed(portal: Client, action: str, query: str, **values: str) -> Any:
    """Return the list after an action was asked for and confirmed."""
    path = f"/users/actions/{action}/"
    fields = inputs(portal.get(f"{path}?{query}"))
    return portal.post(path, {**fields, **values}, follow=True)


@pytest.fixture
def mixed(db: None) -> list[User]:
    """Return a local user, one of an IdP, one who has left, and a disabled local one."""
    gone = person("gone")
    deprovision_user(user_id=gone.pk, actor=OKTA)
    mail = ({"value": "ana@ex.org"},)
    return [local("ana", emails=mail), person("bob"), gone, local("dan", active=False)]


@pytest.mark.parametrize(
    ("action", "asked", "told"),
    [
        (
            "disable",
            ["1 local user is disabled.", "1 user is skipped: inactive already."],
            ["1 user was disabled.", "1 user is skipped: owned by an identity provider"],
        ),
        (
            "enable",
            ["1 local user is enabled.", "1 user is skipped: active already."],
            ["1 user was enabled.", "1 user is skipped: deprovisioned."],
        ),
        (
            "delete",
            [
                "2 local users are deleted and stay in the list as Deprovisioned",
                "1 deprovisioned user is deleted for good.",
                "1 user of an identity provider is deprovisioned, too.",
                "This cannot be undone.",
            ],
            [
                "2 local users were deleted.",
                "1 deprovisioned user was deleted.",
                "1 user was deprovisioned.",
            ],
        ),
        (
            "invite",
            ["1 user is sent an invitation", "1 user is skipped: no e-mail address."],
            ["1 invitation is on its way.", "2 users are skipped: not active."],
        ),
    ],
)
def test_an_action_asks_acts_and_tells(
    portal: Client, mixed: list[User], action: str, asked: list[str], told: list[str]
) -> None:
    query = "&".join(f"user={user.pk}" for user in mixed)
    before = Event.objects.count()
    page = text(portal.get(f"/users/actions/{action}/?{query}"))
    assert "4 users are selected." in page
    assert [words for words in asked if words not in page] == []
    assert Event.objects.count() == before
    answer = text(confirmed(portal, action, query))
    assert [words for words in told if words not in answer] == []
    assert Event.objects.count() > before


def test_all_that_match_are_acted_on_and_the_list_stays_as_it_was(portal: Client) -> None:
    for number in range(30):
        local(f"user {number:02}", department="Sales" if number % 2 else "Ops")
    query = "department=sales&sort=-name&size=50&all=1"
    page = portal.get(f"/users/actions/disable/?{query}")
    assert "15 users are selected." in text(page)
    assert 'href="/users/?department=sales&amp;sort=-name&amp;size=50"' in markup(page)
    answer = confirmed(portal, "disable", query)
    assert answer.redirect_chain == [("/users/?department=sales&sort=-name&size=50", 302)]
    assert User.objects.filter(active=False).count() == 15
    assert set(User.objects.filter(active=False).values_list("department", flat=True)) == {"Sales"}


def test_when_others_match_meanwhile_nothing_is_done(portal: Client) -> None:
    local("ana", department="Sales")
    fields = inputs(portal.get("/users/actions/delete/?department=Sales&all=1"))
    local("bob", department="Sales")
    answer = portal.post("/users/actions/delete/", fields)
    assert answer.status_code == 409
    assert "nothing was done" in text(answer)
    assert "2 users are selected." in text(answer)
    assert User.objects.count() == 2
    portal.post("/users/actions/delete/", inputs(answer))
    assert User.objects.filter(deprovisioned_at__isnull=False).count() == 2


def test_a_form_sent_twice_deletes_nobody_for_good(portal: Client) -> None:
    ana = local("ana")
    fields = inputs(portal.get(f"/users/actions/delete/?user={ana.pk}"))
    assert "1 local user was deleted." in text(
        portal.post("/users/actions/delete/", fields, follow=True)
    )
    again = portal.post("/users/actions/delete/", fields)
    assert again.status_code == 409
    assert "nothing was done" in text(again)
    assert "1 deprovisioned user is deleted for good." in text(again)
    assert User.objects.get().status == "deprovisioned"
    portal.post("/users/actions/delete/", inputs(again))
    assert not User.objects.exists()


def test_an_attribute_is_assigned_and_removed(portal: Client) -> None:
    add_custom_attribute(name="badge", actor=ADMIN)
    ana, bob = local("ana", custom={"badge": "old"}), local("bob")
    query = f"user={ana.pk}&user={bob.pk}&user={person('cid').pk}"
    page = portal.get(f"/users/actions/assign/?{query}")
    assert "The attribute is assigned to 2 local users." in text(page)
    assert "Overwrite always" in text(page)
    fields = {"name": "badge", "value": "new <b>"}
    answer = text(confirmed(portal, "assign", query, mode="when_empty", **fields))
    assert "1 user was given the value." in answer
    assert "1 user is skipped: has a value already." in answer
    assert "1 user is skipped: owned by an identity provider" in answer
    assert User.objects.get(pk=ana.pk).custom == {"badge": "old"}
    confirmed(portal, "assign", query, mode="overwrite", **fields)
    assert User.objects.get(pk=ana.pk).custom == {"badge": "new <b>"}
    answer = text(confirmed(portal, "remove", query, name="badge"))
    assert "2 users lost the value." in answer
    assert User.objects.exclude(custom={}).count() == 0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"value": "", "mode": "overwrite"}, "Enter a value: an empty one is not assigned."),
        ({"value": "  ", "mode": "overwrite"}, "Enter a value: an empty one is not assigned."),
        ({"value": "x" * 1025, "mode": "overwrite"}, "at most 1024 characters"),
        ({"value": "x\x00", "mode": "overwrite"}, "Null characters are not allowed."),
        ({"value": "x", "mode": "sometimes"}, "sometimes is not one of the available choices"),
        ({"value": "x", "mode": "overwrite", "name": "lost"}, "lost is not one of the available"),
    ],
)
def test_what_makes_no_sense_is_told_beside_the_field_and_kept(
    portal: Client, fields: dict[str, str], sentence: str
) -> None:
    add_custom_attribute(name="badge", actor=ADMIN)
    ana = local("ana")
    hidden = inputs(portal.get(f"/users/actions/assign/?user={ana.pk}"))
    answer = portal.post("/users/actions/assign/", {"name": "badge", **hidden, **fields})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert inputs(answer)["user"] == [str(ana.pk)]
    assert User.objects.get().custom == {}


def test_without_attributes_the_page_says_where_they_come_from(portal: Client) -> None:
    ana = local("ana")
    page = portal.get(f"/users/actions/assign/?user={ana.pk}")
    assert "No custom attribute is registered yet." in text(page)
    assert 'type="submit" class="button primary"' not in markup(page)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "Choose at least one user."),
        ("user=nonsense", "Choose at least one user."),
        ("user=00000000-0000-0000-0000-000000000000", "Choose at least one user."),
        ("q=nobody&all=1", "Choose at least one user."),
        ("status=tired&all=1", "These filters make no sense together"),
    ],
)
def test_nobody_selected_leads_back(portal: Client, action: str, query: str, sentence: str) -> None:
    local("ana")
    for method in (portal.get, portal.post):
        data = {} if method == portal.get else dict(p.split("=") for p in query.split("&") if p)
        path = f"/users/actions/{action}/" + (f"?{query}" if method == portal.get else "")
        answer = method(path, data, follow=True) if data else method(path, follow=True)
        assert answer.redirect_chain[0][0].startswith("/users/")
        assert sentence in text(answer)
    assert User.objects.get().active


def test_too_many_at_once_are_refused(portal: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scim_provisioning.directory.actions.MOST", 2)
    monkeypatch.setattr("scim_provisioning.directory.selection.MOST", 2)
    for name in ("ana", "bob", "cid"):
        local(name)
    answer = portal.get("/users/actions/delete/?all=1", follow=True)
    assert "At most 2 users at once: narrow the list down." in text(answer)


def test_where_there_is_nothing_to_do_no_button_says_otherwise(portal: Client) -> None:
    bob = person("bob")
    page = portal.get(f"/users/actions/disable/?user={bob.pk}")
    assert "There is nothing to do." in text(page)
    assert 'class="button danger"' not in markup(page)
    answer = portal.post("/users/actions/disable/", {**inputs(page)}, follow=True)
    assert "Nothing was changed. 1 user is skipped: owned by an identity provider" in text(answer)
    assert User.objects.get().active


def test_who_may_only_read_is_offered_no_change(db: None) -> None:
    password = "correct horse battery staple"
    create_administrator(
        username="ana", actor=Actor.operator("tests"), role="user-read-only", password=password
    )
    reader = Client()
    reader.post("/sign-in/", {"username": "ana", "password": password})
    bob = local("bob")
    page = markup(reader.get("/users/"))
    assert "/users/export/" in page
    assert "/users/actions/" not in page
    for action in ACTIONS:
        answer = reader.post(f"/users/actions/{action}/", {"user": str(bob.pk), "count": "1"})
        assert answer.status_code == 403
    assert User.objects.get().active
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_acts_without_signing_in(client: Client, db: None, action: str) -> None:
    assert client.post(f"/users/actions/{action}/", {"all": "1"}).status_code == 302
