"""The Users list: its filters, order and page sizes, what it says of invitations."""

import re
from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.actors import Actor
from mdm_portal.portal.lists import sorting
from scim_provisioning.directory.columns import COLUMNS, NAME
from scim_provisioning.directory.filters import UserFilter
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import deprovision_user
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.settings.services import add_custom_attribute
from tests.portal.people import OKTA, group, person
from tests.portal.words import markup, text

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 7 + 2
"""A list page's seven, and the two that say who is signed in."""
LONG_AGO = timezone.now() - timedelta(days=31)


def names(page: Any) -> list[str]:
    """Return the names in the list, in order."""
    return re.findall(r'class="strong" href="[^"]*"><bdi>(.*?)</bdi>', markup(page))


def many(count: int) -> None:
    """Make users who differ in all that is shown."""
    User.objects.bulk_create(
        User(
            user_name=f"user{number:03}@ex.org",
            display_name=f"User {number:03}",
            sort_name=f"user {number:03}",
            search_text=f"user{number:03}@ex.org user {number:03}",
            email=f"user{999 - number:03}@ex.org",
            department=f"Department {number % 7}",
            source="okta" if number % 2 else "entra",
            active=number % 5 != 0,
            deprovisioned_at=timezone.now() if number % 10 == 0 else None,
        )
        for number in range(count)
    )


def invited(name: str, *statuses: str) -> User:
    """Return a user with invitations, the last status that of the newest."""
    user = person(name)
    for age, status in enumerate(reversed(statuses)):
        created = timezone.now() - timedelta(days=age)
        sent = LONG_AGO if status == "late" else created
        Invitation.objects.create(
            user=user,
            status="sent" if status == "late" else status,
            created_at=created,
            sent_at=sent,
            due_at=created,
        )
    return user


@pytest.fixture
def everybody(db: None) -> None:
    """Make a user of each invite status, and some of both ways to each."""
    invited("never")
    invited("taken back", "failed", "cancelled")
    invited("waiting", "pending")
    invited("written to", "expired", "sent")
    invited("answered", "completed")
    invited("too late", "late")
    invited("later than late", "expired")
    invited("bounced", "cancelled", "failed")


@pytest.mark.parametrize(
    ("status", "label", "found"),
    [
        ("not_invited", "Not Invited", ["never", "taken back"]),
        ("pending", "Pending", ["waiting", "written to"]),
        ("completed", "Completed", ["answered"]),
        ("expired", "Expired", ["later than late", "too late"]),
        ("failed", "Failed", ["bounced"]),
    ],
)
def test_users_are_filtered_by_the_status_of_their_newest_invitation(
    portal: Client, everybody: None, status: str, label: str, found: list[str]
) -> None:
    page = portal.get(f"/users/?invite_status={status}")
    assert names(page) == found
    shown = re.findall(r'data-label="Invite Status"> <span class="badge \w+">(.*?)<', markup(page))
    assert shown == [label] * len(found)


def test_users_without_an_address_are_found(portal: Client) -> None:
    person("ana", emails=({"value": "ana@ex.org"},))
    person("bob")
    assert names(portal.get("/users/?email=without")) == ["bob"]
    assert '<details class="rare" open>' in markup(portal.get("/users/?email=without"))


@pytest.fixture
def four(db: None) -> None:
    """Make four users who differ in group, department and custom attributes."""
    for name in ("badge", "costCenter"):
        add_custom_attribute(name=name, actor=Actor.system())
    ana = person("ana", department="Ventas", custom={"costCenter": "CC-7 Ä"})
    bob = person("bob", department="Ventas Norte", custom={"costCenter": "cc-8", "badge": "CC-7"})
    person("cid", department="ventas")
    group("Équipe", ana, bob)
    group("Équipe 2", bob)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("group=%C3%A9QUIPE", ["ana", "bob"]),
        ("group=%C3%89quipe 2", ["bob"]),
        ("group=nobody's", []),
        ("department=VENTAS", ["ana", "cid"]),
        ("department=ventas norte", ["bob"]),
        ("attribute=costCenter", ["ana", "bob"]),
        ("attribute=costCenter&attribute_value=cc-7 %C3%A4", ["ana"]),
        ("attribute=badge&attribute_value=CC-7", ["bob"]),
        ("attribute=badge&attribute_value=%25", []),
        ("group=%C3%A9quipe&department=Ventas&attribute=costCenter&q=an", ["ana"]),
    ],
)
def test_users_are_filtered_by_group_department_and_attribute(
    portal: Client, four: None, query: str, found: list[str]
) -> None:
    assert names(portal.get(f"/users/?{query}")) == found


def test_the_boxes_suggest_what_there_is(portal: Client, four: None) -> None:
    page = markup(portal.get("/users/"))
    offered = dict(re.findall(r'<datalist id="known-(\w+)">(.*?)</datalist>', page))
    assert re.findall('value="(.*?)"', offered["group"]) == ["Équipe", "Équipe 2"]
    assert re.findall('value="(.*?)"', offered["department"]) == ["Ventas", "Ventas Norte"]
    assert 'list="known-group"' in page
    assert '<details class="rare">' in page
    assert '<details class="rare" open>' in markup(portal.get("/users/?department=x"))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("status=tired", "tired is not one of the available choices"),
        ("invite_status=lost", "lost is not one of the available choices"),
        ("attribute=gone", "gone is not one of the available choices"),
        ("attribute_value=CC-7", "Choose the attribute that has this value."),
        ("q=" + "x" * 300, "at most 200 characters"),
        ("group=%00", "Null characters are not allowed."),
    ],
)
def test_a_filter_that_makes_no_sense_finds_nobody_and_says_why(
    portal: Client, four: None, query: str, sentence: str
) -> None:
    page = portal.get(f"/users/?{query}")
    assert names(page) == []
    assert sentence in text(page)


def test_without_custom_attributes_nothing_asks_for_them(portal: Client) -> None:
    person("ana")
    assert "Custom attribute" not in text(portal.get("/users/"))


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("name", "User 000"),
        ("-name", "User 059"),
        ("email", "User 059"),
        ("department", "User 000"),
        ("-department", "User 055"),
        ("source", "User 000"),
        ("-status", "User 059"),
        ("-created", "User 059"),
    ],
)
def test_every_head_sorts_and_says_so(portal: Client, sort: str, first: str) -> None:
    many(60)
    page = portal.get(f"/users/?sort={sort}")
    assert names(page)[0] == first
    direction = "descending" if sort.startswith("-") else "ascending"
    assert markup(page).count(f'aria-sort="{direction}"') == 1


def test_the_order_by_status_keeps_each_status_together(portal: Client) -> None:
    many(60)
    page = markup(portal.get("/users/?sort=-status&size=100"))
    shown = re.findall(r'data-label="Status"> <span class="badge \w+">(.*?)<', page)
    assert [label for label, _same in groupby(shown)] == ["Active", "Inactive", "Deprovisioned"]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", "email"),
        ("", "department"),
        ("", "source"),
        ("source=okta", "name"),
        ("source=okta", "source"),
        ("department=x", "name"),
        ("department=x", "department"),
        ("status=inactive", "name"),
        ("status=inactive", "-name"),
    ],
)
def test_an_index_has_the_users_in_order(portal: Client, query: str, order: str) -> None:
    filters = UserFilter(QueryDict(query), User.objects.all())
    request = RequestFactory().get("/", {"sort": order})
    columns = (NAME, *(column.head for column in COLUMNS))
    rows = filters.ordered(sorting(request, columns, "name"))
    assert filters.has_index(order.removeprefix("-"))
    with connection.cursor() as cursor:
        for setting in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{setting} = off")
    assert "Sort" not in rows[:25].explain()


@pytest.mark.parametrize("sort", ["status", "-status"])
def test_the_whole_list_by_status_is_put_together_from_indexes(portal: Client, sort: str) -> None:
    many(60)
    request = RequestFactory().get("/", {"sort": sort})
    order = sorting(request, [column.head for column in COLUMNS], "name")
    sections = UserFilter(QueryDict(""), User.objects.all()).sections(order)
    everybody = User.objects.order_by(*order.order_by)
    assert [user.title for user in everybody] == [
        name for page in (1, 2, 3) for name in names(portal.get(f"/users/?sort={sort}&page={page}"))
    ]
    with connection.cursor() as cursor:
        for setting in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{setting} = off")
    plans = [section[:25].explain() for section in sections]
    assert len(plans) == 3
    assert not any(re.search(r"Seq Scan|(^|-> +)Sort ", plan, re.MULTILINE) for plan in plans)


@pytest.mark.parametrize(("sort", "shown"), [("name", "an bo cy"), ("-name", "cy bo an")])
def test_the_inactive_are_listed_in_order(portal: Client, sort: str, shown: str) -> None:
    for name in ("bo", "an", "cy"):
        person(name, active=False)
    person("di")
    assert names(portal.get(f"/users/?status=inactive&sort={sort}")) == shown.split()


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("source=okta", "created"),
        ("department=x", "email"),
        ("source=okta&department=x", "name"),
        ("status=active", "name"),
        ("status=inactive", "created"),
        ("q=inactive", "name"),
        ("group=x", "name"),
        ("invite_status=failed", "name"),
    ],
)
def test_other_users_are_found_first(portal: Client, query: str, order: str) -> None:
    assert not UserFilter(QueryDict(query), User.objects.all()).has_index(order)


@pytest.mark.parametrize(
    ("size", "shown"),
    [("25", 25), ("50", 50), ("100", 60), ("7", 25), ("100000", 25), ("", 25), ("x", 25)],
)
def test_a_page_has_one_of_three_sizes(portal: Client, size: str, shown: int) -> None:
    many(60)
    assert len(names(portal.get(f"/users/?size={size}"))) == shown


def test_the_size_and_the_order_stay_when_the_list_is_searched(portal: Client) -> None:
    many(60)
    page = markup(portal.get("/users/?size=50&sort=-email&q=user"))
    assert '<input type="hidden" name="size" value="50">' in page
    assert '<input type="hidden" name="sort" value="-email">' in page
    assert "?size=50&amp;sort=-email&amp;q=user&amp;page=2" in page
    assert "?size=100&amp;sort=-email&amp;q=user" in page


def test_pages_neither_overlap_nor_leave_anybody_out(portal: Client) -> None:
    many(60)
    for sort in ("department", "-source", "status"):
        found = [
            name
            for number in (1, 2, 3)
            for name in names(portal.get(f"/users/?sort={sort}&page={number}"))
        ]
        assert sorted(found) == [f"User {number:03}" for number in range(60)]


@pytest.mark.parametrize(
    "query",
    ["size=100", "invite_status=not_invited&size=100", "group=Sales&department=Department 1"],
)
def test_a_page_costs_the_same_however_many_there_are(
    portal: Client, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many(60)
    group("Sales", *User.objects.filter(deprovisioned_at=None))
    with django_assert_max_num_queries(MOST_STATEMENTS):
        assert portal.get(f"/users/?{query}").status_code == 200


def test_who_has_left_is_in_no_group_and_still_found_by_department(portal: Client) -> None:
    gone = person("gone", department="Ventas")
    group("Sales", gone)
    deprovision_user(user_id=gone.pk, actor=OKTA)
    assert names(portal.get("/users/?department=ventas")) == ["gone"]
    assert names(portal.get("/users/?group=Sales")) == []


def ticked(page: Any) -> int:
    """Return how many users are ticked."""
    return len(re.findall(r'name="user" value="[^"]+" aria-label="[^"]+" checked', markup(page)))


def test_users_are_ticked_by_links_where_there_is_no_javascript(portal: Client) -> None:
    many(60)
    nobody = portal.get("/users/?source=okta&sort=-name")
    assert ticked(nobody) == 0
    assert "Selected: 0" in text(nobody)
    assert "Select all 30 that match" in text(nobody)
    page = portal.get("/users/?source=okta&sort=-name&select=page")
    assert ticked(page) == 25
    assert "Selected: 25" in text(page)
    everybody = portal.get("/users/?source=okta&sort=-name&select=all")
    assert "Selected: 30" in text(everybody)
    assert '<input type="hidden" name="all" value="1">' in markup(everybody)
    assert '<input type="hidden" name="source" value="okta">' in markup(everybody)
    assert "select=" not in "".join(re.findall(r'href="\?[^"]*page=2[^"]*"', markup(page)))


def test_more_than_can_be_paged_through_are_not_selected_at_once(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(60)
    monkeypatch.setattr("mdm_portal.portal.lists.MOST", 50)
    page = portal.get("/users/?select=all")
    assert "that match" not in text(page)
    assert "Selected: 0" in text(page)


def heads(page: Any) -> list[str]:
    """Return the heads of the columns beside the boxes."""
    row = re.search(r"<thead>.*?</thead>", markup(page))
    assert row
    found = re.findall(r"<th.*?</th>", row[0])
    return [re.sub(r"<[^>]+>", "", head).strip() for head in found][1:]


DEFAULT = [
    *("Name", "Email Address", "Department", "User Source", "Status", "Invite Status", "Created"),
]


def test_the_choice_of_columns_is_remembered_for_the_list_and_its_file(
    portal: Client, four: None
) -> None:
    assert heads(portal.get("/users/")) == DEFAULT
    query = "column=status&column=custom.badge&column=nonsense&column=external_id"
    answer = portal.get(f"/users/columns/?q=b&sort=-name&{query}")
    assert answer["Location"] == "/users/?q=b&sort=-name"
    page = portal.get("/users/")
    assert heads(page) == ["Name", "Status", "External ID", "badge"]
    assert 'data-label="badge"> <bdi>CC-7</bdi>' in markup(page)
    assert "bob@ex.org" in text(page)
    content = b"".join(portal.get("/users/export/").streaming_content).decode()  # type: ignore[attr-defined]
    first = content.removeprefix("\ufeff").splitlines()[0]
    assert first == "Name,Username,Status,External ID,badge,costCenter"
    portal.get("/users/columns/?column=status&restore=1")
    assert heads(portal.get("/users/")) == DEFAULT


def test_the_name_is_there_whatever_is_chosen(portal: Client, four: None) -> None:
    cookie = portal.get("/users/columns/?").cookies["user_columns"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    page = portal.get("/users/?sort=-status")
    assert heads(page) == ["Name"]
    assert names(page) == ["ana", "bob", "cid"]


@pytest.mark.parametrize("kept", ["status custom.gone nonsense", "\u00ff;=,", "x" * 4000])
def test_an_odd_cookie_gets_a_calm_page(portal: Client, four: None, kept: str) -> None:
    portal.cookies["user_columns"] = kept
    assert heads(portal.get("/users/"))[:1] == ["Name"]


def test_very_many_columns_still_fit_the_cookie(portal: Client) -> None:
    person("ana")
    for number in range(100):
        add_custom_attribute(name=f"a{number:03}{'x' * 60}", actor=Actor.system())
    query = "&".join(f"column=custom.a{number:03}{'x' * 60}" for number in range(100))
    cookie = portal.get(f"/users/columns/?{query}").cookies["user_columns"]
    assert len(cookie.OutputString()) < 4096
    assert len(heads(portal.get("/users/"))) > 40
