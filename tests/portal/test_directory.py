"""Users and User Groups: found, filtered, sorted, escaped, and never slow or broken."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.actors import Actor
from scim_provisioning.directory.models import Membership, User
from scim_provisioning.directory.services import deprovision_user
from scim_provisioning.settings.services import add_custom_attribute
from tests.portal.people import ENTRA, group, person

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 7 + 2
"""A list page's seven, and the two that say who is signed in."""


def names(page: Any) -> list[str]:
    """Return the names in a list of users, in order."""
    return re.findall(r'class="strong" href="[^"]*"><bdi>(.*?)</bdi>', page.content.decode())


@pytest.fixture
def three(db: None) -> list[User]:
    """Return three users who differ in all that the list filters by."""
    ana = person("Ána “50% off_” 🦊", department="Ventas", emails=({"value": "ana@ex.org"},))
    bob = person("bob", ENTRA, active=False, custom={"costCenter": "CC-7 五七"})
    gone = person("Zoë <script>")
    deprovision_user(user_id=gone.pk, actor=ENTRA)
    return [ana, bob, gone]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ána “50% off_” 🦊", "bob", "Zoë &lt;script&gt;"]),
        ("q=ana", ["Ána “50% off_” 🦊"]),
        ("q=ZOE", ["Zoë &lt;script&gt;"]),
        ("q=ventas ana", ["Ána “50% off_” 🦊"]),
        ("q=cc-7", ["bob"]),
        ("q=50%25 off_", ["Ána “50% off_” 🦊"]),
        ("q=%25", ["Ána “50% off_” 🦊"]),
        ("q=an", ["Ána “50% off_” 🦊"]),
        ("q=na", []),
        ("q=B", ["bob"]),
        ("q=c ob", []),
        ("q=七", ["bob"]),
        ("source=entra", ["bob"]),
        ("status=active", ["Ána “50% off_” 🦊"]),
        ("status=inactive", ["bob"]),
        ("status=deprovisioned", ["Zoë &lt;script&gt;"]),
        ("source=okta&status=inactive", []),
        ("sort=-name", ["Zoë &lt;script&gt;", "bob", "Ána “50% off_” 🦊"]),
        ("sort=-created", ["Zoë &lt;script&gt;", "bob", "Ána “50% off_” 🦊"]),
    ],
)
def test_users_are_found_filtered_and_sorted(
    portal: Client, three: list[User], query: str, found: list[str]
) -> None:
    assert names(portal.get(f"/users/?{query}")) == found


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=" + "x" * 10_000,
        "source=nowhere",
        "status=tired",
        "sort=password",
        "page=99999999999999999999",
        "page=many",
        "page=-1",
    ],
)
@pytest.mark.parametrize("path", ["/users/", "/users/groups/"])
def test_odd_questions_get_a_calm_page(
    portal: Client, three: list[User], path: str, query: str
) -> None:
    assert portal.get(f"{path}?{query}").status_code == 200


def test_a_list_costs_the_same_however_many_there_are(
    portal: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = [person(f"user {number:03}") for number in range(60)]
    for number in range(30):
        group(f"group {number:02}", *people[: number + 1])
    for path in ("/users/", "/users/groups/", "/audit/", "/users/?q=user&sort=-department"):
        with django_assert_max_num_queries(MOST_STATEMENTS):
            assert portal.get(path).status_code == 200
    with django_assert_max_num_queries(MOST_STATEMENTS):
        portal.get(f"/users/groups/{Membership.objects.first().group_id}/")  # type: ignore[union-attr]


def test_empty_lists_say_what_to_do_next(portal: Client) -> None:
    assert "Connect an identity provider" in portal.get("/users/").content.decode()
    assert "No user groups yet." in portal.get("/users/groups/").content.decode()
    assert "Nothing matches these filters." in portal.get("/users/?q=x").content.decode()


def test_a_user_without_an_address_cannot_be_invited_and_the_page_says_so(
    portal: Client, three: list[User]
) -> None:
    assert "None: cannot be invited" in portal.get("/users/?q=bob").content.decode()


def test_a_users_page_has_three_tabs(portal: Client, three: list[User]) -> None:
    _ana, bob, gone = three
    add_custom_attribute(name="costCenter", actor=Actor.system())
    add_custom_attribute(name="badge", actor=Actor.system())
    group("Sales & “50% off_”", bob)
    overview = portal.get(f"/users/{bob.pk}/").content.decode()
    assert "SCIM Entra ID" in overview
    assert "Inactive" in overview
    attributes = portal.get(f"/users/{bob.pk}/attributes/").content.decode()
    for text in ("User attributes", "costCenter", "CC-7", "${costCenter}", "${badge}"):
        assert text in attributes
    groups = portal.get(f"/users/{bob.pk}/groups/").content.decode()
    assert "Sales &amp; “50% off_”" in groups
    assert "Deprovisioned" in portal.get(f"/users/{gone.pk}/").content.decode()


def test_a_groups_page_lists_its_members(portal: Client, three: list[User]) -> None:
    ana, bob, _gone = three
    sales = group("Sales", ana, bob)
    assert names(portal.get(f"/users/groups/{sales.pk}/")) == ["Ána “50% off_” 🦊", "bob"]
    assert names(portal.get(f"/users/groups/{sales.pk}/?q=ana")) == ["Ána “50% off_” 🦊"]
    listed = portal.get("/users/groups/?q=SAL").content.decode()
    assert re.search(r'data-label="Members">2<', listed)


@pytest.mark.parametrize("path", ["/users/{}/", "/users/{}/attributes/", "/users/groups/{}/"])
def test_who_is_not_there_is_a_404_page(portal: Client, path: str) -> None:
    assert portal.get(path.format(uuid4())).status_code == 404


@pytest.mark.parametrize("path", ["/users/", "/users/groups/", "/audit/"])
def test_nobody_sees_a_list_without_signing_in(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={path}")
