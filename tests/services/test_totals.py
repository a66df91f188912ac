"""How many users and groups there are: kept by the database, whoever writes, and however."""

from dataclasses import replace

import pytest

from audit.actors import Actor
from scim_provisioning.directory.groups import create_group, delete_group, update_group
from scim_provisioning.directory.models import Group, User
from scim_provisioning.directory.selectors import totals_by_source, totals_of
from scim_provisioning.directory.services import create_users, deprovision_user, update_user
from scim_provisioning.directory.state import GroupChange, GroupState, UserState
from tests.services.parallel import in_parallel

OKTA = Actor.token("1", "scim_okta", "okta")


def people(first: int, number: int) -> list[User]:
    """Make users."""
    states = [UserState(user_name=f"user{at}") for at in range(first, first + number)]
    return create_users(states=states, actor=OKTA)


def taken_over(user: User) -> None:
    """Have Okta disable a local user."""

    def disabled(before: UserState) -> UserState:
        return replace(before, active=False)

    update_user(user_id=user.id, edit=disabled, actor=OKTA, source="okta")


@pytest.mark.django_db
def test_users_who_come_and_leave_are_counted_and_those_gone_only_once() -> None:
    users = people(0, 30)
    assert totals_of("user") == (30, 0)
    deprovision_user(user_id=users[0].id, actor=OKTA)
    User.objects.filter(id=users[1].id).delete()
    User.objects.filter(id=users[0].id).delete()
    assert totals_of("user") == (28, 2) == (User.objects.count(), 2)
    User.objects.filter(id=users[2].id).update(display_name="Ana")
    assert totals_of("user") == (28, 2)


@pytest.mark.django_db
def test_groups_are_counted() -> None:
    first, _second = [
        create_group(state=GroupState(name), members=frozenset(), actor=OKTA) for name in "AB"
    ]
    assert totals_of("group") == (2, 0)
    delete_group(group_id=first.id, actor=OKTA)
    assert totals_of("group") == (1, 1) == (Group.objects.count(), 1)
    assert totals_of("user") == (0, 0)


@pytest.mark.django_db
def test_each_source_is_counted_apart_and_so_are_the_inactive_and_the_gone() -> None:
    local, *others = people(0, 4)
    create_users(states=[UserState("x", active=False)], actor=OKTA, source="okta")
    deprovision_user(user_id=others[0].id, actor=OKTA)
    create_group(state=GroupState("A"), members=frozenset(), actor=OKTA, source="okta")
    assert totals_by_source() == {
        "local": {"user": 3, "gone": 1},
        "okta": {"user": 1, "inactive": 1, "group": 1},
    }
    taken_over(local)
    User.objects.filter(id__in=[others[0].id, others[1].id]).delete()
    assert totals_by_source() == {
        "local": {"user": 1, "gone": 0},
        "okta": {"user": 2, "inactive": 2, "group": 1},
    }


@pytest.mark.django_db
def test_a_user_who_is_adopted_while_inactive_counts_for_the_new_source() -> None:
    (local,) = create_users(states=[UserState("x", active=False)], actor=OKTA)
    taken_over(local)
    assert totals_by_source() == {"local": {"user": 0}, "okta": {"user": 1, "inactive": 1}}
    assert totals_of("user") == (1, 0)


@pytest.mark.django_db
def test_an_adopted_group_counts_for_the_new_source() -> None:
    group = create_group(state=GroupState("A"), members=frozenset(), actor=OKTA)
    update_group(group_id=group.id, edit=GroupChange, actor=OKTA, source="okta")
    assert totals_by_source() == {"local": {"group": 0}, "okta": {"group": 1}}


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_lose_no_count() -> None:
    assert totals_of("user") == (0, 0)
    in_parallel([lambda at=at: people(at * 10, 10) for at in range(8)])  # type: ignore[misc]
    assert totals_of("user") == (80, 0)
