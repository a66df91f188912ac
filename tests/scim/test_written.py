"""A list that PostgreSQL writes shows each user as reading that user does."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.settings.services import add_custom_attribute
from tests.scim.client import ScimClient
from tests.scim.conftest import connect, operator
from tests.scim.people import create_people

NASTY = [
    "",
    "50% off_",
    'say "hi" \\ bye',
    "שלום عالم",
    "🎉\N{CJK UNIFIED IDEOGRAPH-20000}",
    "a\n\t\x01'",
]
texts = st.sampled_from(NASTY) | st.text(st.characters(exclude_characters="\0", codec="utf-8"))
mails = st.fixed_dictionaries(
    {"value": texts},
    optional={"type": texts, "primary": st.booleans(), "display": texts},
)
people = st.fixed_dictionaries(
    {
        "external_id": texts,
        "display_name": texts,
        "given_name": texts,
        "family_name": texts,
        "formatted_name": texts,
        "department": texts,
        "active": st.booleans(),
        "emails": st.lists(mails, max_size=3),
        "custom": st.dictionaries(st.sampled_from(["costCode", "badge", "gone"]), texts),
        "version": st.integers(1, 2**31 - 1),
        "modified_at": st.datetimes(datetime(1000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    }
)


def shown_alike(client: ScimClient) -> list[dict[str, Any]]:
    """Return the list, each user of which is shown as by itself, to the order of its members."""
    listed: list[dict[str, Any]] = client.get("/Users?count=200").json()["Resources"]
    alone = [client.get(f"/Users/{user['id']}").json() for user in listed]
    assert listed == alone
    assert [list(user) for user in listed] == [list(user) for user in alone]
    return listed


@pytest.fixture
def attributes(db: None) -> None:
    """Register what people have custom values of."""
    for name in ("costCode", "badge"):
        add_custom_attribute(name=name, actor=operator())


@pytest.mark.usefixtures("attributes")
def test_people_and_their_groups(okta: ScimClient) -> None:
    users = create_people()
    groups = Group.objects.bulk_create(Group(display_name=name) for name in NASTY[1:])
    Membership.objects.bulk_create(
        Membership(group=group, user=user) for group in groups for user in users[::3]
    )
    User.objects.filter(id=users[4].id).update(deprovisioned_at=timezone.now())
    listed = shown_alike(okta)
    assert [user["id"] for user in listed] == [str(user.id) for user in users if user != users[4]]
    assert [len(user.get("groups", [])) for user in listed] == [5, 0, 0, 5, 0, 5, 0, 0, 5]


def test_nobody(okta: ScimClient) -> None:
    assert shown_alike(okta) == []


def test_a_caller_who_asks_for_parts_gets_parts(okta: ScimClient) -> None:
    (user, *_others) = create_people()
    listed = okta.get("/Users?count=1&attributes=userName").json()["Resources"]
    assert [sorted(item) for item in listed] == [["id", "schemas", "userName"]]
    assert listed[0]["id"] == str(user.id)


@pytest.mark.usefixtures("attributes")
class AnyPerson(TestCase):
    """Whatever a user is called."""

    @given(st.lists(people, min_size=1, max_size=4))
    def test_is_shown_alike(self, rows: list[dict[str, Any]]) -> None:
        User.objects.bulk_create(
            User(user_name=f"user{number}", **row) for number, row in enumerate(rows)
        )
        assert len(shown_alike(connect("okta"))) == len(rows)
