"""A user's History tells of the groups, though one event of the group is all that is stored."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from audit.history import history_of
from audit.mentions import Mention
from audit.models import Event
from audit.retention import prune
from scim_provisioning.directory.groups import create_group, delete_group, update_group
from scim_provisioning.directory.models import Group, User
from scim_provisioning.directory.services import deprovision_user
from scim_provisioning.directory.state import GroupChange, GroupState, MemberChange
from tests.portal.people import OKTA, group, person
from tests.portal.words import text

pytestmark = pytest.mark.django_db
NAME = "50% off_ <b>\u05e6\u05d5\u05d5\u05ea</b> 🦄"


@pytest.fixture
def ana() -> User:
    """Return a user whom this is about."""
    return person("ana")


def changed(team: Group, **members: Any) -> None:
    """Let an IdP change the members of a group."""
    change = MemberChange(**{key: frozenset(ids) for key, ids in members.items()})
    update_group(group_id=team.pk, edit=lambda state: GroupChange(state, change), actor=OKTA)


def told(user: User) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what the user's history says of groups, the oldest first."""
    rows = history_of(Event.objects.order_by("id"), "user", str(user.pk))
    return [(row.label, row.told_changes) for row in rows if row.subject_type == "group"]


def joined(name: str) -> tuple[str, list[dict[str, Any]]]:
    """Return what a history says of a group that the user joined."""
    return "Added to User Group", [{"attribute": "groups", "before": None, "after": name}]


def left(name: str) -> tuple[str, list[dict[str, Any]]]:
    """Return what a history says of a group that the user left."""
    return "Removed from User Group", [{"attribute": "groups", "before": name, "after": None}]


def test_the_history_tells_of_every_group_that_was_joined_and_left(ana: User) -> None:
    bob = person("bob")
    state = GroupState(display_name=NAME)
    made = create_group(state=state, members=frozenset({ana.pk}), actor=OKTA, source="okta")
    sales = group("Sales", bob)
    changed(sales, added=[ana.pk, bob.pk])
    changed(sales, removed=[ana.pk])
    changed(sales, exact=[ana.pk])
    delete_group(group_id=made.pk, actor=OKTA)
    assert told(ana) == [joined(NAME), joined("Sales"), left("Sales"), joined("Sales"), left(NAME)]
    assert told(bob) == [joined("Sales"), left("Sales")]


def test_who_was_a_member_already_is_told_nothing(ana: User) -> None:
    sales = group("Sales", ana)
    before = Mention.objects.count()
    changed(sales, added=[ana.pk])
    changed(sales, exact=[ana.pk])
    changed(sales, removed=[person("bob").pk])
    assert Mention.objects.count() == before


def test_deleting_a_user_tells_the_groups_that_were_left(portal: Client, ana: User) -> None:
    group("Sales", ana)
    group("ops", ana)
    deprovision_user(user_id=ana.pk, actor=OKTA)
    assert Event.objects.get(event="user.deleted").changes == [
        {"attribute": "active", "before": True, "after": None},
        {"attribute": "groups", "before": ["Sales", "ops"], "after": []},
    ]


def test_the_page_shows_the_group_and_who_did_it(portal: Client, ana: User) -> None:
    sales = group(NAME)
    changed(sales, added=[ana.pk])
    page = text(portal.get(f"/users/{ana.pk}/history/"))
    assert "Added to User Group scim_Ab3dEf9h… 203.0.113.7 Okta 1 change" in page
    assert escape(NAME) in page
    assert "User Group Updated" not in page


def test_the_trail_of_one_user_and_its_export_tell_the_same(portal: Client, ana: User) -> None:
    changed(group("Sales"), added=[ana.pk, person("bob").pk])
    subject = f"subject_type=user&subject_id={ana.pk}"
    assert "Added to User Group" in text(portal.get(f"/audit/?{subject}"))
    answer: Any = portal.get(f"/audit/export.csv?{subject}")
    rows = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))
    assert [row[1] for row in rows[1:]] == ["Added to User Group", "User Created"]
    assert rows[1][-1] == "groups:  → Sales"
    assert "User Group Updated" in text(portal.get("/audit/")), "to everybody else, the group's"


def test_thousands_who_join_cost_as_many_statements_as_one(
    ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sales, many = group("Sales"), [person(f"u{number}").pk for number in range(300)]
    changed(sales, added=[ana.pk])
    with django_assert_num_queries(6):
        changed(sales, removed=[ana.pk])
    with django_assert_num_queries(6):
        changed(sales, added=many)
    assert Mention.objects.filter(joined=True).count() == 301


def test_what_is_pruned_from_the_trail_is_gone_from_the_history(ana: User) -> None:
    changed(group("Sales"), added=[ana.pk])
    prune(timedelta(days=1))
    assert told(ana) == [joined("Sales")]
    prune(timedelta(0))
    assert told(ana) == []
    assert not Mention.objects.exists()
