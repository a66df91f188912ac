"""Users > Actions > Assign to Group and Remove from Group: local groups alone, who is skipped."""

from typing import Any

import pytest
from django.test import Client

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.groups import create_group, delete_group, update_group
from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.directory.services import deprovision_user
from scim_provisioning.directory.state import GroupChange, GroupState
from tests.portal.people import OKTA, group, person
from tests.portal.test_users_actions import confirmed, inputs, local
from tests.portal.words import markup, text

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script> “Ünïcode” 'x' \" & %s"


def local_group(name: str, *members: User) -> Group:
    """Return a local group."""
    ids = frozenset(member.pk for member in members)
    return create_group(state=GroupState(name), members=ids, actor=Actor.system())


def members(of: Group) -> set[Any]:
    """Return the ids of the members."""
    return set(Membership.objects.filter(group=of).values_list("user_id", flat=True))


def test_users_join_a_local_group_and_members_are_skipped(portal: Client) -> None:
    ana, bob, gone = local("ana"), person("bob"), person("gone")
    deprovision_user(user_id=gone.pk, actor=OKTA)
    sales, pushed = local_group("Sales", ana), group("Pushed")
    query = "&".join(f"user={user.pk}" for user in (ana, bob, gone))
    page = portal.get(f"/users/actions/join/?{query}")
    assert "Assign to Group" in text(page)
    assert "2 users are assigned to the group, but for those who are members" in text(page)
    assert "1 user is skipped: deprovisioned." in text(page)
    assert f'<option value="{sales.pk}">Sales</option>' in markup(page)
    assert str(pushed.pk) not in markup(page)
    answer = text(confirmed(portal, "join", query, chosen_group=str(sales.pk)))
    assert "1 user was assigned to the group." in answer
    assert "1 user is skipped: deprovisioned. 1 user is skipped: a member already." in answer
    assert members(sales) == {ana.pk, bob.pk}
    event = Event.objects.get(event="group.updated")
    assert (event.actor_name, event.subject_id) == ("admin", str(sales.pk))
    assert event.changes == [{"attribute": "members", "before": [], "after": ["bob@ex.org"]}]
    again = text(confirmed(portal, "join", query, chosen_group=str(sales.pk)))
    assert "Nothing was changed. 1 user is skipped: deprovisioned. 2 users are skipped:" in again
    assert Event.objects.filter(event="group.updated").count() == 1


def test_users_leave_a_local_group_and_others_are_skipped(portal: Client) -> None:
    ana, bob, cid = local("ana"), person("bob"), local("cid")
    sales, other = local_group("Sales", ana, cid), local_group("Other", ana)
    query = f"user={ana.pk}&user={bob.pk}"
    page = portal.get(f"/users/actions/leave/?{query}")
    assert "Remove from Group" in text(page)
    assert 'class="button danger"' in markup(page)
    answer = text(confirmed(portal, "leave", query, chosen_group=str(sales.pk)))
    assert "1 user was removed from the group." in answer
    assert "1 user is skipped: not a member." in answer
    assert (members(sales), members(other)) == ({cid.pk}, {ana.pk})
    event = Event.objects.get(event="group.updated")
    assert event.changes == [{"attribute": "members", "before": ["ana@ex.org"], "after": []}]


@pytest.mark.parametrize("action", ["join", "leave"])
def test_only_a_local_group_that_is_there_can_be_chosen(portal: Client, action: str) -> None:
    ana, pushed = local("ana"), group("Pushed")
    local_group("Sales")
    hidden = inputs(portal.get(f"/users/actions/{action}/?user={ana.pk}"))
    for chosen in ("", str(pushed.pk), str(ana.pk), "nonsense", "\x00", "Sales"):
        answer = portal.post(f"/users/actions/{action}/", {**hidden, "chosen_group": chosen})
        assert answer.status_code == 422, chosen
        assert "id_chosen_group_error" in markup(answer)
        assert inputs(answer)["user"] == [str(ana.pk)]
    assert not Membership.objects.exists()


def test_a_group_that_goes_or_is_adopted_meanwhile_is_refused_beside_the_field(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, sales = local("ana"), local_group("Sales")
    hidden = {
        **inputs(portal.get(f"/users/actions/join/?user={ana.pk}")),
        "chosen_group": str(sales.pk),
    }
    forms = "scim_provisioning.directory.action_forms"
    rows = [(str(sales.pk), "Sales")]
    monkeypatch.setattr(f"{forms}.local_groups", lambda: rows)
    update_group(group_id=sales.pk, edit=GroupChange, actor=OKTA, source="okta")
    answer = portal.post("/users/actions/join/", hidden)
    assert answer.status_code == 422
    assert "Owned by SCIM Okta: change it there." in text(answer)
    delete_group(group_id=sales.pk, actor=OKTA)
    answer = portal.post("/users/actions/join/", hidden)
    assert answer.status_code == 422
    assert "This user group is no longer there." in text(answer)
    assert not Membership.objects.exists()


@pytest.mark.parametrize("action", ["join", "leave"])
def test_without_a_local_group_the_page_leads_to_making_one(portal: Client, action: str) -> None:
    ana = local("ana")
    group("Pushed", ana)
    page = portal.get(f"/users/actions/{action}/?user={ana.pk}")
    assert "There is no local user group yet." in text(page)
    assert '<a class="button primary" href="/users/groups/add/">Create New</a>' in markup(page)
    assert 'type="submit" class="button primary"' not in markup(page)


def test_where_groups_are_many_one_is_named(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scim_provisioning.directory.action_forms.SUGGESTED", 2)
    ana, nasty = local("ana"), local_group(NASTY)
    for name in ("A", "B", "C"):
        local_group(name)
    group("Pushed")
    page = portal.get(f"/users/actions/join/?user={ana.pk}")
    assert 'list="known-chosen-group"' in markup(page)
    assert '<datalist id="known-chosen-group">' in markup(page)
    hidden = inputs(page)
    for unknown in ("Pushed", "D"):
        answer = portal.post("/users/actions/join/", {**hidden, "chosen_group": unknown})
        assert answer.status_code == 422
        assert "There is no local user group of this name." in text(answer)
        assert f'value="{unknown}"' in markup(answer)
    confirmed(portal, "join", f"user={ana.pk}", chosen_group=NASTY.upper())
    assert members(nasty) == {ana.pk}


def test_the_groups_of_the_list_and_of_the_action_are_two_things(portal: Client) -> None:
    ana, bob = local("ana"), local("bob")
    local_group("Sales", ana)
    ops = local_group("Ops")
    answer = confirmed(portal, "join", "group=sales&all=1", chosen_group=str(ops.pk))
    assert answer.redirect_chain == [("/users/?group=sales", 302)]
    assert members(ops) == {ana.pk}
    assert bob.pk not in members(ops)


def test_a_nasty_name_is_shown_as_text(portal: Client) -> None:
    ana = local("ana")
    local_group(NASTY)
    page = markup(portal.get(f"/users/actions/join/?user={ana.pk}"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; “Ünïcode”" in page
