"""Local users: added, edited, disabled, enabled and deleted by hand; an IdP's are locked."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user, deprovision_user, update_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.settings.services import add_custom_attribute
from tests.portal.people import OKTA, group, person
from tests.portal.test_roles import signed_in
from tests.portal.words import markup, text

pytestmark = pytest.mark.django_db
ADMIN = Actor("administrator", "1", "admin")
OWNED = "Owned by SCIM Okta: change it there."
ANA = {
    "user_name": "ana@ex.org",
    "given_name": "Ána",
    "family_name": "<b>",
    "display_name": "Ána “50%” 🦊",
    "email": "ana@mail.example",
    "department": "Ventas",
}


@pytest.fixture
def ana() -> User:
    """Return a local user with two addresses and a value of an attribute nobody registered."""
    state = UserState(
        user_name="ana@ex.org",
        display_name="Ana",
        emails=(
            {"value": "old@ex.org", "type": "home"},
            {"value": "ana@ex.org", "type": "work", "primary": True},
        ),
        department="Ventas",
        custom={"forgotten": "x"},
    )
    return create_user(state=state, actor=ADMIN)


def last_event() -> Event:
    """Return the newest event."""
    return Event.objects.order_by("-id")[0]


def test_a_local_user_is_added_with_all_attributes_and_audited(portal: Client) -> None:
    add_custom_attribute(name="costCenter", actor=ADMIN)
    assert 'href="/users/add/"' in markup(portal.get("/users/"))
    assert "costCenter" in text(portal.get("/users/add/"))
    page = portal.post("/users/add/", {**ANA, "custom.costCenter": " CC-7 "}, follow=True)
    made = User.objects.get()
    assert page.redirect_chain[-1][0] == f"/users/{made.pk}/"
    assert "User “Ána “50%” 🦊” was created." in text(page)
    assert (made.source, made.active, made.user_name) == ("local", True, "ana@ex.org")
    assert (made.given_name, made.family_name, made.department) == ("Ána", "<b>", "Ventas")
    assert made.emails == [{"value": "ana@mail.example", "primary": True}]
    assert made.custom == {"costCenter": "CC-7"}
    event = last_event()
    assert (event.event, event.actor_name) == ("user.created", "admin")
    assert not Invitation.objects.exists()


def test_a_user_name_alone_is_enough(portal: Client) -> None:
    portal.post("/users/add/", {"user_name": "bob"})
    made = User.objects.get()
    assert (made.title, made.emails, made.custom) == ("bob", [], {})


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("user_name", "", "This field is required."),
        ("user_name", "x" * 257, "at most 256 characters"),
        ("user_name", "a\x00b", "Null characters are not allowed."),
        ("user_name", "TAKEN@ex.org", "A user with the userName “TAKEN@ex.org” already exists."),
        ("email", "nobody", "Enter a valid email address."),
        ("given_name", "x" * 1025, "at most 1024 characters"),
        ("custom.tier", "x" * 1025, "at most 1024 characters"),
    ],
)
def test_what_is_refused_comes_back_with_its_reason(
    portal: Client, field: str, value: str, reason: str
) -> None:
    person("taken")
    add_custom_attribute(name="tier", actor=ADMIN)
    page = portal.post("/users/add/", {**ANA, "custom.tier": "gold", field: value})
    assert page.status_code == 422
    assert reason in text(page)
    assert markup(page).count('aria-invalid="true"') == 1
    assert 'value="Ána “50%” 🦊"' in markup(page), "nothing is lost"
    assert User.objects.count() == 1


def test_a_name_that_a_deleted_user_had_is_free(portal: Client) -> None:
    deprovision_user(user_id=person("ana").pk, actor=OKTA)
    assert portal.post("/users/add/", ANA).status_code == 302


def test_a_local_user_is_edited_and_the_user_name_stays(portal: Client, ana: User) -> None:
    add_custom_attribute(name="tier", actor=ADMIN)
    form = markup(portal.get(f"/users/{ana.pk}/edit/"))
    for value in ('value="Ana"', 'value="ana@ex.org"', 'value="Ventas"'):
        assert value in form
    sent = {**ANA, "user_name": "forged", "department": "", "custom.tier": "gold"}
    page = portal.post(f"/users/{ana.pk}/edit/", sent, follow=True)
    assert "Changes saved." in text(page)
    ana.refresh_from_db()
    assert (ana.user_name, ana.given_name, ana.department) == ("ana@ex.org", "Ána", "")
    assert ana.custom == {"forgotten": "x", "tier": "gold"}
    assert ana.emails == [
        {"value": "ana@mail.example", "type": "work", "primary": True},
        {"value": "old@ex.org", "type": "home"},
    ]
    changed = {change["attribute"] for change in last_event().changes}
    assert {"name.givenName", "emails", "department", "tier"} <= changed


@pytest.mark.parametrize("name", [" ana", "ana ", "\u00a0ana\u3000", "x" * 300])
def test_a_user_name_that_the_form_would_refuse_stays_and_stops_no_edit(
    portal: Client, name: str
) -> None:
    odd = create_user(state=UserState(user_name=name), actor=ADMIN)
    assert portal.post(f"/users/{odd.pk}/edit/", {"department": "Ops"}).status_code == 302
    odd.refresh_from_db()
    assert (odd.user_name, odd.department) == (name, "Ops")


@pytest.mark.parametrize("tab", ["", "attributes/", "groups/", "invitations/", "history/"])
def test_every_tab_has_the_buttons_of_a_local_user_and_none_of_an_idps(
    portal: Client, ana: User, tab: str
) -> None:
    bob = person("bob")
    for step in ("edit", "disable", "delete"):
        assert f"/users/{ana.pk}/{step}/" in markup(portal.get(f"/users/{ana.pk}/{tab}"))
        assert f"/users/{bob.pk}/{step}/" not in markup(portal.get(f"/users/{bob.pk}/{tab}"))


def test_values_are_cleared(portal: Client, ana: User) -> None:
    add_custom_attribute(name="forgotten", actor=ADMIN)
    portal.post(f"/users/{ana.pk}/edit/", {"email": "", "custom.forgotten": ""})
    ana.refresh_from_db()
    assert (ana.display_name, ana.custom) == ("", {})
    assert ana.emails == [{"value": "old@ex.org", "type": "home"}]


def test_an_edit_that_changes_nothing_writes_nothing(portal: Client, ana: User) -> None:
    before = Event.objects.count()
    same = {"display_name": "Ana", "email": "ana@ex.org", "department": "Ventas"}
    page = portal.post(f"/users/{ana.pk}/edit/", same, follow=True)
    assert "Nothing was changed." in text(page)
    ana.refresh_from_db()
    assert (ana.version, Event.objects.count()) == (1, before)


def test_a_refused_edit_loses_nothing(portal: Client, ana: User) -> None:
    page = portal.post(f"/users/{ana.pk}/edit/", {"display_name": "New", "email": "x"})
    assert page.status_code == 422
    assert 'value="New"' in markup(page)
    assert "Enter a valid email address." in text(page)
    assert User.objects.get().display_name == "Ana"


def test_a_local_user_is_disabled_after_a_confirmation_and_enabled(
    portal: Client, ana: User
) -> None:
    group("Sales", ana)
    shown = text(portal.get(f"/users/{ana.pk}/"))
    assert "Disable" in shown
    assert "Enable" not in shown
    assert "Disable the user “ Ana ”?" in text(portal.get(f"/users/{ana.pk}/disable/"))
    assert User.objects.get().active
    page = portal.post(f"/users/{ana.pk}/disable/", follow=True)
    assert "User “Ana” is disabled." in text(page)
    assert "Inactive" in text(page)
    assert last_event().event == "user.disabled"
    page = portal.post(f"/users/{ana.pk}/enable/", follow=True)
    assert "User “Ana” is enabled." in text(page)
    assert last_event().event == "user.enabled"
    assert ana.memberships.exists()


def test_disabling_twice_is_one_event(portal: Client, ana: User) -> None:
    for _time in range(2):
        assert portal.post(f"/users/{ana.pk}/disable/").status_code == 302
    assert Event.objects.filter(event="user.disabled").count() == 1


def test_a_local_user_is_deleted_after_a_confirmation(portal: Client, ana: User) -> None:
    group("Sales", ana)
    assert "Delete the user “ Ana ”?" in text(portal.get(f"/users/{ana.pk}/delete/"))
    page = portal.post(f"/users/{ana.pk}/delete/", follow=True)
    assert "User “Ana” was deleted." in text(page)
    assert "Deprovisioned" in text(page)
    ana.refresh_from_db()
    assert ana.deprovisioned_at
    assert not ana.memberships.exists()
    assert last_event().event == "user.deleted"
    for word in ("/edit/", "/disable/", "/enable/", "/delete/"):
        assert word not in markup(page)


def test_a_deprovisioned_user_is_deleted_for_good_whoever_brought_it(
    portal: Client, ana: User
) -> None:
    bob = person("bob")
    for user in (ana, bob):
        erase = f"/users/{user.pk}/erase/"
        assert portal.get(erase).status_code == portal.post(erase).status_code == 404
        deprovision_user(user_id=user.pk, actor=ADMIN)
        assert f'href="{erase}"' in markup(portal.get(f"/users/{user.pk}/"))
        page = text(portal.get(erase))
        assert f"Delete the deprovisioned user “ {user.title} ” for good?" in page
        assert User.objects.filter(pk=user.pk).exists()
        answer = portal.post(erase, follow=True)
        assert f"User “{user.title}” was deleted for good." in text(answer)
        assert last_event().event == "user.erased"
        assert portal.post(erase).status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize("step", ["edit", "enable", "disable", "delete"])
def test_who_was_deleted_is_not_changed_any_more(portal: Client, ana: User, step: str) -> None:
    deprovision_user(user_id=ana.pk, actor=ADMIN)
    page = portal.post(f"/users/{ana.pk}/{step}/", ANA)
    assert page.status_code == 409
    assert "This user was deleted and cannot be changed any more." in text(page)


@pytest.mark.parametrize("step", ["edit", "enable", "disable", "delete"])
def test_a_forged_form_for_a_user_of_an_idp_is_refused_with_the_reason(
    portal: Client, step: str
) -> None:
    bob = person("bob", active=step != "enable")
    before = User.objects.values().get()
    for page in (
        portal.post(f"/users/{bob.pk}/{step}/", ANA),
        *([] if step == "enable" else [portal.get(f"/users/{bob.pk}/{step}/")]),
    ):
        assert page.status_code == 409
        assert OWNED in text(page)
        assert f'href="/users/{bob.pk}/"' in markup(page)
    assert User.objects.values().get() == before
    assert Event.objects.exclude(category="access").count() == 1


def test_a_user_of_an_idp_is_shown_locked_with_the_reason(portal: Client, ana: User) -> None:
    bob = person("bob")
    page = portal.get(f"/users/{bob.pk}/")
    assert OWNED in text(page)
    for step in ("edit", "enable", "disable", "delete"):
        assert f"/{step}/" not in markup(page)
    assert "Owned by" not in text(portal.get(f"/users/{ana.pk}/"))


def test_a_user_whom_an_idp_has_adopted_is_locked_from_then_on(portal: Client, ana: User) -> None:
    update_user(
        user_id=ana.pk,
        edit=lambda state: replace(state, department="Ops"),
        actor=OKTA,
        source="okta",
    )
    assert portal.post(f"/users/{ana.pk}/edit/", ANA).status_code == 409


@pytest.mark.parametrize("step", ["edit", "enable", "disable", "delete"])
def test_nobody_is_a_404_page(portal: Client, step: str) -> None:
    assert portal.post(f"/users/{uuid4()}/{step}/", ANA).status_code == 404


@pytest.mark.parametrize("step", ["edit", "enable", "disable", "delete"])
def test_a_role_that_only_reads_has_no_buttons_and_changes_nothing(ana: User, step: str) -> None:
    reader = signed_in("user-read-only")
    page = markup(reader.get(f"/users/{ana.pk}/")).partition("<main")[2]
    assert f"/{step}/" not in page
    assert "/users/add/" not in markup(reader.get("/users/")).partition("<main")[2]
    assert reader.post(f"/users/{ana.pk}/{step}/", ANA).status_code == 403
    assert reader.post("/users/add/", {**ANA, "user_name": "new"}).status_code == 403
    assert User.objects.count() == 1
