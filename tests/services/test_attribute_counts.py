"""How many users have a value of each custom attribute: kept by the database, whoever writes."""

from dataclasses import replace

import pytest

from audit.actors import Actor
from scim_provisioning.directory.attribute_counts import fold, users_by_attribute
from scim_provisioning.directory.models import AttributeCount, User
from scim_provisioning.directory.services import create_users, deprovision_user, update_user
from scim_provisioning.directory.state import UserState
from tests.services.parallel import in_parallel

OKTA = Actor.token("1", "scim_okta", "okta")
TIER, BOTH = {"tier": "gold"}, {"tier": "", "قسم": "50% off_"}


def people(*customs: dict[str, str], first: int = 0) -> list[User]:
    """Make a user with each of the custom attributes."""
    states = [
        UserState(user_name=f"user{number}", custom=custom)
        for number, custom in enumerate(customs, first)
    ]
    return create_users(states=states, actor=OKTA)


def change(user: User, custom: dict[str, str]) -> None:
    """Give a user these custom attributes and no other."""
    update_user(user_id=user.id, edit=lambda before: replace(before, custom=custom), actor=OKTA)


@pytest.mark.django_db
def test_users_count_as_they_come_change_and_go() -> None:
    first, second, third = people(TIER, BOTH, {})
    assert users_by_attribute() == {"tier": 2, "قسم": 1}
    change(first, {"tier": "silver"})
    change(second, TIER)
    change(third, BOTH)
    assert users_by_attribute() == {"tier": 3, "قسم": 1}
    deprovision_user(user_id=first.id, actor=OKTA)
    assert users_by_attribute() == {"tier": 3, "قسم": 1}
    User.objects.filter(id__in=[first.id, third.id]).delete()
    User.objects.update(custom={"tier": "gold", "site": "Tōkyō"})
    assert users_by_attribute() == {"tier": 1, "قسم": 0, "site": 1}


@pytest.mark.django_db
def test_another_value_of_the_same_attribute_writes_no_count() -> None:
    (user,) = people(BOTH)
    rows = AttributeCount.objects.count()
    change(user, {"tier": "gold", "قسم": "b"})
    update_user(user_id=user.id, edit=lambda before: replace(before, active=False), actor=OKTA)
    assert AttributeCount.objects.count() == rows


@pytest.mark.django_db
def test_rows_of_one_attribute_are_folded_into_one_and_none_stays_of_what_nobody_has() -> None:
    users = people(TIER, TIER) + people({"site": "a"}, {"cost": "b"}, first=2)
    change(users[0], {})
    change(users[2], {})
    assert fold() == 4
    rows = AttributeCount.objects.order_by("name").values_list("name", "number")
    assert list(rows) == [("cost", 1), ("tier", 1)]
    assert fold() == 0
    assert users_by_attribute() == {"cost": 1, "tier": 1}


@pytest.mark.django_db(transaction=True)
def test_writers_and_who_folds_at_once_lose_no_count() -> None:
    work = [lambda at=at: people(*[BOTH] * 10, first=at * 10) for at in range(6)]
    in_parallel([*work, fold, fold])  # type: ignore[list-item]
    assert users_by_attribute() == {"tier": 60, "قسم": 60}
    fold()
    assert users_by_attribute() == {"tier": 60, "قسم": 60}
