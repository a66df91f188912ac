"""Which lists go past the ORM, and that each of those finds its rows by an index."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from scim_provisioning.directory.models import Group, User
from scim_provisioning.directory.tables import USERS
from scim_provisioning.scim.adapters import GroupAdapter, UserAdapter
from scim_provisioning.scim.plain_reads import Equal, Everything, plain_list
from tests.scim.client import ScimClient

INDEXES = [
    (UserAdapter, "id", "directory_user_pkey"),
    (UserAdapter, "user_name_key", "directory_user_name"),
    (UserAdapter, "external_id", "directory_user_external"),
    (GroupAdapter, "id", "directory_group_pkey"),
    (GroupAdapter, "display_name_key", "directory_group_name_unique"),
    (GroupAdapter, "external_id", "directory_group_external"),
]


@pytest.mark.django_db
def test_a_key_is_found_by_its_index() -> None:
    """Also by a plan that is made for any value, as that of a prepared statement is."""
    names = [f"name {number}" for number in range(3_000)]
    User.objects.bulk_create(User(user_name=name, external_id=name) for name in names)
    Group.objects.bulk_create(Group(display_name=name, external_id=name) for name in names)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE directory_user, directory_group")
        for adapter, column, index in INDEXES:
            where = Equal(adapter, column, "x", is_bare=True).where.replace("%s", "$1")
            page = f"SELECT * FROM {adapter.table.name} {where} ORDER BY id LIMIT 100"
            cursor.execute(f"EXPLAIN (GENERIC_PLAN) {page}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert f"using {index}" in plan, plan


@pytest.mark.django_db
def test_the_name_of_a_group_that_a_user_is_in_is_found_by_its_index() -> None:
    """A user in twenty of a hundred groups is read without reading those twenty times."""
    statement, _values = USERS.reading("WHERE id = %s", [None])
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE directory_group CASCADE")  # Of other tests, empty pages are left.
        Group.objects.bulk_create(Group(display_name=f"name {number}") for number in range(100))
        cursor.execute("ANALYZE directory_group")
        cursor.execute("EXPLAIN (GENERIC_PLAN) " + statement.replace("%s", "$1"))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using directory_group_pkey" in plan, plan


def test_all_keys_are_tried() -> None:
    keys = {(adapter, column) for adapter, column, _index in INDEXES}
    assert keys == {
        (adapter, key) for adapter in (UserAdapter, GroupAdapter) for key in adapter.keys
    }


@pytest.mark.parametrize(
    ("adapter", "condition", "expected"),
    [
        (UserAdapter, None, Everything),
        (UserAdapter, Q(user_name_key="ana"), Equal),
        (UserAdapter, Q(external_id__exact="x"), Equal),
        (GroupAdapter, Q(display_name_key="sales"), Equal),
        (UserAdapter, Q(external_id=""), type(None)),
        (UserAdapter, ~Q(external_id="x"), type(None)),
        (UserAdapter, Q(external_id__startswith="x"), type(None)),
        (UserAdapter, Q(department_key="sales"), type(None)),
        (UserAdapter, Q(display_name_key="ana"), type(None)),
        (UserAdapter, Q(user_name_key="ana") & Q(external_id="x"), type(None)),
    ],
)
def test_which_lists_are_plain(adapter: Any, condition: Q | None, expected: type) -> None:
    assert isinstance(plain_list(adapter, condition, is_by_id=True), expected)
    assert plain_list(adapter, condition, is_by_id=False) is None


@pytest.mark.parametrize(
    ("text", "expected"), [('eq "00u1"', ["with"]), ('eq ""', ["without"]), ("pr", ["with"])]
)
def test_whoever_has_no_external_id_is_found_too(
    okta: ScimClient, text: str, expected: list[str]
) -> None:
    okta.post("/Users", {"userName": "with", "externalId": "00u1"})
    okta.post("/Users", {"userName": "without"})
    listed = okta.get(f"/Users?filter=externalId {text}").json()["Resources"]
    assert [user["userName"] for user in listed] == expected
