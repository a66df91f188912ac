"""Local groups: made, renamed, deleted, filled and emptied by hand; an IdP's are locked."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.models import Event
from scim_provisioning.directory.groups import update_group
from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.directory.services import deprovision_user
from scim_provisioning.directory.state import GroupChange
from tests.portal.people import OKTA, group, person
from tests.portal.test_roles import signed_in
from tests.portal.words import Page, markup, text

pytestmark = pytest.mark.django_db
LIST = "/users/groups/"
OWNED = "Owned by SCIM Okta: change it there."


def made(portal: Client, name: str = "Sales") -> Group:
    """Return a group made on the page."""
    assert portal.post(f"{LIST}add/", {"name": name}).status_code == 302
    return Group.objects.get(display_name=name.strip())


def members(one: Group) -> set[str]:
    """Return the names of the members."""
    rows = Membership.objects.filter(group=one)
    return set(rows.values_list("user__display_name", flat=True))


def offered(page: Page) -> list[str]:
    """Return the names of the users that can be chosen on a page."""
    return re.findall(r'aria-label="Choose ([^"]*)"', markup(page))


def last_event() -> Event:
    """Return the newest event."""
    return Event.objects.order_by("-id")[0]


def test_a_group_is_made_by_hand_and_audited(portal: Client) -> None:
    assert f'href="{LIST}add/"' in markup(portal.get(LIST))
    page = portal.post(f"{LIST}add/", {"name": "  Sales <b> & “50%”  "}, follow=True)
    found = Group.objects.get()
    assert (found.display_name, found.source) == ("Sales <b> & “50%”", "local")
    assert page.redirect_chain[-1][0] == f"{LIST}{found.pk}/"
    assert "Sales &lt;b&gt; &amp; “50%”” was created." in text(page)
    event = last_event()
    assert (event.event, event.actor_name, event.subject_id) == (
        "group.created",
        "admin",
        str(found.pk),
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "This field is required."),
        ("   ", "This field is required."),
        ("x" * 257, "at most 256 characters"),
        ("a\x00b", "Null characters are not allowed."),
        ("SALES", "A group with the name “SALES” already exists."),
    ],
)
def test_a_refused_name_comes_back_with_its_reason(portal: Client, name: str, reason: str) -> None:
    group("Sales")
    page = portal.post(f"{LIST}add/", {"name": name})
    assert page.status_code == 422
    assert reason in text(page)
    assert 'aria-invalid="true"' in markup(page)
    assert Group.objects.count() == 1
    if name.strip("\x00 ") == "SALES":
        assert 'value="SALES"' in markup(page)


def test_a_group_is_renamed(portal: Client) -> None:
    sales = made(portal)
    assert 'value="Sales"' in markup(portal.get(f"{LIST}{sales.pk}/rename/"))
    page = portal.post(f"{LIST}{sales.pk}/rename/", {"name": "Vente"}, follow=True)
    assert "Changes saved." in text(page)
    sales.refresh_from_db()
    assert (sales.display_name, sales.version) == ("Vente", 2)
    assert last_event().changes == [
        {"attribute": "displayName", "before": "Sales", "after": "Vente"}
    ]


def test_a_group_given_its_own_name_is_not_said_to_be_changed(portal: Client) -> None:
    sales = made(portal)
    page = portal.post(f"{LIST}{sales.pk}/rename/", {"name": " Sales "}, follow=True)
    assert "Nothing was changed." in text(page)
    assert "Changes saved." not in text(page)
    sales.refresh_from_db()
    assert (sales.version, last_event().event) == (1, "group.created")


def test_a_group_may_change_the_case_of_its_name_but_not_take_anothers(portal: Client) -> None:
    sales = made(portal)
    group("Ops")
    assert portal.post(f"{LIST}{sales.pk}/rename/", {"name": "SALES"}).status_code == 302
    page = portal.post(f"{LIST}{sales.pk}/rename/", {"name": "ops"})
    assert page.status_code == 422
    assert "A group with the name “ops” already exists." in text(page)
    assert 'value="ops"' in markup(page)


def test_a_group_is_deleted_after_a_confirmation_and_its_members_stay(portal: Client) -> None:
    sales = made(portal)
    ana = person("ana")
    portal.post(f"{LIST}{sales.pk}/add/", {"user": [str(ana.pk)]})
    asked = portal.get(f"{LIST}{sales.pk}/delete/")
    assert "Its 1 member stays a user." in text(asked)
    assert Group.objects.exists()
    page = portal.post(f"{LIST}{sales.pk}/delete/", follow=True)
    assert "User group “Sales” was deleted." in text(page)
    assert not Group.objects.exists()
    assert User.objects.get().active
    assert last_event().event == "group.deleted"
    assert portal.post(f"{LIST}{sales.pk}/delete/").status_code == 404


@pytest.mark.parametrize("query", ["Ána", "ana@ex", "mail.example"])
def test_users_are_found_by_name_user_name_and_address(portal: Client, query: str) -> None:
    sales = made(portal)
    person("Ana", emails=({"value": "a.b@mail.example"},))
    person("bob")
    assert offered(portal.get(f"{LIST}{sales.pk}/add/", {"q": query})) == ["Ana"]


def test_one_or_several_users_are_added_and_named_in_the_trail(portal: Client) -> None:
    sales = made(portal)
    ana, bob, eve = person("ana"), person("bob"), person("eve")
    page = portal.post(f"{LIST}{sales.pk}/add/", {"user": [str(ana.pk), str(bob.pk)]}, follow=True)
    assert "2 users are members now." in text(page)
    assert members(sales) == {"ana", "bob"}
    event = last_event()
    assert (event.event, event.changes[0]["after"]) == (
        "group.updated",
        ["ana@ex.org", "bob@ex.org"],
    )
    assert offered(portal.get(f"{LIST}{sales.pk}/add/")) == ["eve"], "members are not offered"
    portal.post(f"{LIST}{sales.pk}/add/", {"user": [str(eve.pk)]})
    assert "Every user is a member already." in text(portal.get(f"{LIST}{sales.pk}/add/"))


def test_who_left_the_directory_cannot_join_and_the_choice_is_kept(portal: Client) -> None:
    sales = made(portal)
    ana, gone = person("ana"), person("gone")
    deprovision_user(user_id=gone.pk, actor=OKTA)
    assert offered(portal.get(f"{LIST}{sales.pk}/add/")) == ["ana"]
    page = portal.post(f"{LIST}{sales.pk}/add/?q=a", {"user": [str(ana.pk), str(gone.pk)]})
    assert page.status_code == 422
    assert "A chosen user is gone. Nobody was added." in text(page)
    assert re.search(r'aria-label="Choose ana"\s+checked', markup(page))
    assert 'value="a"' in markup(page), "the search is kept"
    assert members(sales) == set()


@pytest.mark.parametrize("chosen", [[], ["nobody"], [""], ["\x00"]])
def test_nobody_chosen_is_told(portal: Client, chosen: list[str]) -> None:
    sales = made(portal)
    person("ana")
    page = portal.post(f"{LIST}{sales.pk}/add/", {"user": chosen})
    assert page.status_code == 422
    assert "Choose at least one user." in text(page)
    page = portal.post(f"{LIST}{sales.pk}/remove/", {"user": chosen}, follow=True)
    assert "Choose at least one user." in text(page)


def test_a_group_cannot_be_a_member(portal: Client) -> None:
    sales, ops = made(portal), made(portal, "Ops")
    person("ana")
    assert portal.post(f"{LIST}{sales.pk}/add/", {"user": [str(ops.pk)]}).status_code == 422


def test_members_are_removed_and_the_search_is_kept(portal: Client) -> None:
    sales = made(portal)
    ana, bob, eve = person("ana"), person("bob"), person("eve")
    ids = [str(user.pk) for user in (ana, bob, eve)]
    portal.post(f"{LIST}{sales.pk}/add/", {"user": ids})
    listed = portal.get(f"{LIST}{sales.pk}/?q=ex.org")
    assert offered(listed) == ["ana", "bob", "eve"]
    assert f'action="{LIST}{sales.pk}/remove/?q=ex.org"' in markup(listed)
    page = portal.post(f"{LIST}{sales.pk}/remove/?q=ex.org", {"user": ids[:2]}, follow=True)
    assert page.redirect_chain[-1][0] == f"{LIST}{sales.pk}/?q=ex.org"
    assert "2 users are no longer members." in text(page)
    assert members(sales) == {"eve"}
    assert last_event().changes[0]["before"] == ["ana@ex.org", "bob@ex.org"]


def test_a_groups_page_tells_source_external_id_and_number(portal: Client) -> None:
    pushed = group("Sales", person("ana"), person("bob"))
    update_group(
        group_id=pushed.pk,
        edit=lambda state: GroupChange(type(state)(state.display_name, "ext-<7>")),
        actor=OKTA,
    )
    page = text(portal.get(f"{LIST}{pushed.pk}/"))
    for words in ("Source SCIM Okta", "External ID ext-&lt;7&gt;", "Members 2", str(pushed.pk)):
        assert words in page
    assert "Members 2" in text(portal.get(f"{LIST}{pushed.pk}/?q=nobody"))


def test_a_group_of_an_idp_has_no_buttons_and_says_why(portal: Client) -> None:
    page = portal.get(f"{LIST}{group('Sales', person('ana')).pk}/")
    assert OWNED in text(page)
    for word in ("Rename", "Delete", "Add Members", "Remove from Group"):
        assert word not in text(page)
    assert offered(page) == []
    local = portal.get(f"{LIST}{made(portal, 'Ops').pk}/")
    assert "Owned by" not in text(local)
    for word in ("Rename", "Delete", "Add Members"):
        assert word in text(local)


@pytest.mark.parametrize(
    ("step", "sent"),
    [
        ("rename", {"name": "Mine"}),
        ("delete", {}),
        ("add", {"user": "{other}"}),
        ("remove", {"user": "{member}"}),
    ],
)
def test_a_forged_form_for_a_group_of_an_idp_is_refused_with_the_reason(
    portal: Client, step: str, sent: dict[str, str]
) -> None:
    member, other = person("ana"), person("bob")
    pushed = group("Sales", member)
    before = Event.objects.count()
    ids = {"member": member.pk, "other": other.pk}
    body = {name: value.format(**ids) for name, value in sent.items()}
    for answer in (
        portal.post(f"{LIST}{pushed.pk}/{step}/", body),
        *([] if step == "remove" else [portal.get(f"{LIST}{pushed.pk}/{step}/")]),
    ):
        assert answer.status_code == 409
        assert OWNED in text(answer)
        assert f'href="{LIST}{pushed.pk}/"' in markup(answer)
    assert Group.objects.get().display_name == "Sales"
    assert members(pushed) == {"ana"}
    assert Event.objects.count() == before


@pytest.mark.parametrize("step", ["rename", "delete", "add", "remove"])
def test_a_group_that_is_gone_is_a_404_page(portal: Client, step: str) -> None:
    assert portal.post(f"{LIST}{uuid4()}/{step}/", {"name": "x"}).status_code == 404


@pytest.mark.parametrize("step", ["add/", "{}/rename/", "{}/delete/", "{}/add/", "{}/remove/"])
def test_a_role_that_only_reads_has_no_buttons_and_changes_nothing(
    portal: Client, step: str
) -> None:
    sales = made(portal)
    reader = signed_in("user-read-only")
    for path in (LIST, f"{LIST}{sales.pk}/"):
        page = markup(reader.get(path)).partition("<main")[2]
        assert "/add/" not in page
        assert "/rename/" not in page
    assert reader.post(LIST + step.format(sales.pk), {"name": "x"}).status_code == 403


def test_lists_cost_the_same_however_many_there_are(
    portal: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sales = made(portal)
    people = [person(f"user {number:02}") for number in range(50)]
    portal.post(f"{LIST}{sales.pk}/add/", {"user": [str(user.pk) for user in people[:25]]})
    for path in (f"{LIST}{sales.pk}/", f"{LIST}{sales.pk}/add/"):
        with django_assert_max_num_queries(9):
            assert len(offered(portal.get(path))) == 25
