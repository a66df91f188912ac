"""Sorting: every attribute, absent values, and what cannot be sorted by."""

import pytest

from scim_provisioning.directory.models import Group, User
from scim_provisioning.scim.attributes import GROUP_TYPE
from scim_provisioning.scim.errors import InvalidPath, InvalidValue
from scim_provisioning.scim.sorting import order_by
from tests.scim.people import PEOPLE, USER_TYPE, create_groups, create_people

pytestmark = pytest.mark.django_db

STORED = [person["user_name"] for person in PEOPLE]
ANA, DAVE, XY, QUOTE, ISTANBUL, STREET, NFC, EMOJI, RTL, BARE = STORED


@pytest.fixture(autouse=True)
def groups() -> list[Group]:
    """Store the people and their groups."""
    return create_groups(create_people())


def names(sort_by: object, sort_order: object = None) -> list[str]:
    """Return the userNames in this order."""
    rows = User.objects.order_by(*order_by(sort_by, sort_order, USER_TYPE))
    return list(rows.values_list("user_name", flat=True))


def test_without_sort_by_the_order_is_that_of_creation() -> None:
    assert names(None) == names("") == names(None, "descending") == STORED
    assert names("id") == names("meta.created") == names("META.LASTMODIFIED") == STORED
    assert names("meta.created", "descending") == STORED[::-1]


def test_ignores_letter_case() -> None:
    assert names("userName")[:4] == [ANA, BARE, DAVE, XY]
    assert names("USERNAME", "Descending")[-4:] == [XY, DAVE, BARE, ANA]


def test_absent_values_come_last_in_ascending_order_and_first_in_descending() -> None:
    assert names("externalId")[4:] == [XY, QUOTE, ISTANBUL, STREET, NFC, EMOJI]
    assert names("externalId", "descending")[:6] == [XY, QUOTE, ISTANBUL, STREET, NFC, EMOJI]
    assert names("name.familyName")[2:] == [name for name in STORED if name not in (ANA, STREET)]
    assert names("department")[:2] == [ANA, XY]
    assert names("costCode")[:2] == [ANA, DAVE]
    assert names("costCode")[2:] == STORED[2:]


def test_multi_valued_attributes_sort_by_their_primary_else_first_value() -> None:
    expected = [ANA, DAVE, QUOTE, *[name for name in STORED if name not in (ANA, DAVE, QUOTE)]]
    assert names("emails") == names("emails.value") == expected
    assert names("emails.type")[:3] == [QUOTE, ANA, DAVE]
    assert names("groups.display")[:2] == [ANA, DAVE]
    assert names("groups")[2:] == STORED[2:]


def test_booleans_and_versions() -> None:
    assert names("active")[0] == DAVE
    assert names("meta.version", "descending") == STORED[::-1]


@pytest.mark.parametrize(
    "sort_by", ["meta.resourceType", "schemas", "title", "groups.type", "manager"]
)
def test_what_all_rows_have_alike_leaves_the_order_of_creation(sort_by: str) -> None:
    assert names(sort_by) == STORED


def test_groups() -> None:
    rows = Group.objects.order_by(*order_by("displayName", "descending", GROUP_TYPE))
    assert [group.display_name for group in rows] == ["Straße 50%", "Sales", "Empty"]
    rows = Group.objects.order_by(*order_by("members", None, GROUP_TYPE))
    assert [group.display_name for group in rows] == ["Sales", "Straße 50%", "Empty"]


@pytest.mark.parametrize(
    "sort_by",
    ["surname", "name", "meta", "name.x", 'emails[type eq "work"]', "a b", 5, ["id"], "x" * 9000],
)
def test_refuses_what_is_no_attribute(sort_by: object) -> None:
    with pytest.raises(InvalidPath):
        order_by(sort_by, None, USER_TYPE)


@pytest.mark.parametrize("sort_order", ["up", 5, ["ascending"], "asc"])
def test_refuses_an_unknown_order(sort_order: object) -> None:
    with pytest.raises(InvalidValue):
        order_by("userName", sort_order, USER_TYPE)
