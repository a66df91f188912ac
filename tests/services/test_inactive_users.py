"""Who is inactive stands in a table of its own, whoever writes, so that activations are cheap."""

from dataclasses import replace

import pytest
from django.db import connection

from scim_provisioning.directory.models import InactiveUser, User
from scim_provisioning.directory.services import deprovision_user, update_user
from tests.portal.people import OKTA, person

pytestmark = pytest.mark.django_db


def edit(user: User, **attributes: object) -> None:
    """Change attributes of a user."""
    update_user(
        user_id=user.id,
        edit=lambda before: replace(before, **attributes),  # type: ignore[arg-type]
        actor=OKTA,
    )


def listed() -> list[str]:
    """Return the names by which the inactive are listed, in order."""
    return list(InactiveUser.objects.order_by("sort_name").values_list("sort_name", flat=True))


def test_those_who_come_inactive_are_listed_and_nobody_else() -> None:
    person("Ana")
    person("Émile", active=False)
    User.objects.bulk_create(
        [User(user_name=name, sort_name=name, active=name == "x") for name in ("x", "y")]
    )
    assert listed() == ["emile", "y"]


def test_a_user_is_listed_as_long_as_inactive() -> None:
    user = person("ana")
    edit(user, active=False)
    assert listed() == ["ana"]
    edit(user, active=True)
    assert listed() == []


def test_a_new_name_is_listed() -> None:
    user = person("ana", active=False)
    edit(user, display_name="Zoë 50% off_")
    assert listed() == ["zoe 50% off_"]


def test_the_deprovisioned_and_the_erased_are_not_listed() -> None:
    left, erased = person("ana", active=False), person("bob", active=False)
    deprovision_user(user_id=left.id, actor=OKTA)
    User.objects.filter(id=erased.id).delete()
    assert listed() == []
    User.objects.update(deprovisioned_at=None)
    assert listed() == ["ana"]


def test_all_are_gone_with_all_users() -> None:
    person("ana", active=False)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE directory_user CASCADE")
    assert listed() == []


def in_place() -> int:
    """Return how many users were changed in place, no index of theirs being written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_tuples_hot_updated('directory_user'::regclass)")
        (number,) = cursor.fetchone()
    return int(number)


def test_an_activation_writes_no_index_of_users() -> None:
    user = person("ana")
    before = in_place()
    edit(user, active=False)
    edit(user, active=True)
    assert in_place() == before + 2
