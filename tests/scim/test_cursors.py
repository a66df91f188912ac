"""Paging by cursor (RFC 9865): a walk sees each row once while others write."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.scim import cursors
from scim_provisioning.scim.errors import ExpiredCursor, InvalidCount, InvalidCursor, InvalidValue
from scim_provisioning.scim.paging import (
    OrderedList,
    PageRequest,
    PageResult,
    page_by_cursor,
    page_by_index,
    read_page,
)
from scim_provisioning.scim.sorting import order_by
from tests.scim.client import ScimClient
from tests.scim.people import USER_TYPE, create_people

SORTS = ("id", "userName", "department", "active", "meta.created", "emails.value", "costCode", "")


def page_of(sort_by: str, sort_order: str, cursor: str, count: int | None) -> PageResult[User]:
    """Return the page at a cursor."""
    order = order_by(sort_by, sort_order, USER_TYPE)
    request = PageRequest(count=count, cursor=cursor)
    listed = OrderedList(User.objects.all(), order)
    return page_by_cursor(listed, request, cursors.query_of(sort_by, sort_order))


def walk(sort_by: str, sort_order: str, count: int) -> list[PageResult[User]]:
    """Return all pages, first to last."""
    pages = [page_of(sort_by, sort_order, "", count)]
    while pages[-1].next_cursor:
        pages.append(page_of(sort_by, sort_order, pages[-1].next_cursor, None))
    return pages


def store(numbers: list[int], name: str = "user") -> list[User]:
    """Store users with many equal and many absent sort keys."""
    return User.objects.bulk_create(
        User(
            user_name=f"{name} {index}",
            department=["", "a", "A", "ß", "b"][number % 5],
            active=number % 2 == 0,
            emails=[{"value": f"x{number % 3}@x"}] if number % 4 else [],
            custom={"costCode": str(number % 3)} if number % 2 else {},
        )
        for index, number in enumerate(numbers)
    )


class WalkTest(TestCase):
    """A walk by cursor."""

    @given(
        numbers=st.lists(st.integers(0, 100), max_size=25),
        count=st.integers(1, 9),
        sort_by=st.sampled_from(SORTS),
        sort_order=st.sampled_from(["ascending", "descending"]),
    )
    def test_forward_and_back(
        self, numbers: list[int], count: int, sort_by: str, sort_order: str
    ) -> None:
        store(numbers)
        expected = list(User.objects.order_by(*order_by(sort_by, sort_order, USER_TYPE)))
        pages = walk(sort_by, sort_order, count)
        assert [row for page in pages for row in page.rows] == expected
        assert {page.total for page in pages} == {len(numbers)}
        assert all(page.items_per_page == count for page in pages[:-1])
        back, here = [pages[-1].rows], pages[-1].previous_cursor
        while here:
            page = page_of(sort_by, sort_order, here, count)
            assert page.next_cursor
            back.insert(0, page.rows)
            here = page.previous_cursor
        assert [row for rows in back for row in rows] == expected

    @given(
        numbers=st.lists(st.integers(0, 100), min_size=1, max_size=12),
        added=st.lists(st.integers(0, 100), max_size=6),
        gone=st.sets(st.integers(0, 11), max_size=4),
        sort_by=st.sampled_from(SORTS),
    )
    def test_while_others_write(
        self, numbers: list[int], added: list[int], gone: set[int], sort_by: str
    ) -> None:
        users = store(numbers)
        page = page_of(sort_by, "ascending", "", 3)
        seen = [row.pk for row in page.rows]
        removed = {users[index].pk for index in gone if index < len(users)}
        User.objects.filter(pk__in=removed).delete()
        store(added, "late user")
        while page.next_cursor:
            page = page_of(sort_by, "ascending", page.next_cursor, 3)
            seen += [row.pk for row in page.rows]
        assert len(seen) == len(set(seen))
        assert {user.pk for user in users} - removed <= set(seen)


@pytest.fixture
def first() -> PageResult[User]:
    """Return the first page of the people."""
    create_people()
    return page_of("userName", "ascending", "", 4)


@pytest.mark.django_db
def test_members_of_the_response(first: PageResult[User]) -> None:
    assert first.members == {
        "totalResults": 10,
        "itemsPerPage": 4,
        "nextCursor": first.next_cursor,
    }
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", first.next_cursor or "")
    everybody = OrderedList(User.objects.all(), order_by(None, None, USER_TYPE))
    by_index = page_by_index(everybody, PageRequest(2, 3))
    assert by_index.members == {"totalResults": 10, "startIndex": 2, "itemsPerPage": 3}
    total_only = page_of("userName", "ascending", "", 0)
    assert total_only.members == {"totalResults": 10, "itemsPerPage": 0}


@pytest.mark.django_db
def test_a_cursor_belongs_to_its_query(first: PageResult[User]) -> None:
    cursor = first.next_cursor or ""
    for sort_by, sort_order in (("userName", "descending"), ("id", "ascending")):
        with pytest.raises(InvalidCursor):
            page_of(sort_by, sort_order, cursor, 4)
    with pytest.raises(InvalidCount):
        page_of("userName", "ascending", cursor, 5)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["x", "a~b~c", "~", "\x00", "\ud800", "é", "x" * 9000, "."])
def test_refuses_what_we_did_not_seal(text: str) -> None:
    with pytest.raises(InvalidCursor):
        page_of("userName", "ascending", text, 4)


@pytest.mark.django_db
def test_refuses_a_changed_cursor(first: PageResult[User]) -> None:
    cursor = first.next_cursor or ""
    for changed in (cursor[1:], cursor[:-1], cursor.swapcase(), f"{cursor}A"):
        with pytest.raises(InvalidCursor):
            page_of("userName", "ascending", changed, 4)


@pytest.mark.django_db
def test_expires(first: PageResult[User], monkeypatch: pytest.MonkeyPatch) -> None:
    now = signing.time.time()  # type: ignore[attr-defined]
    monkeypatch.setattr(signing.time, "time", lambda: now + cursors.LIFETIME + 1)  # type: ignore[attr-defined]
    with pytest.raises(ExpiredCursor):
        page_of("userName", "ascending", first.next_cursor or "", 4)


@pytest.mark.parametrize(
    ("parameters", "request_"),
    [
        ({"cursor": ""}, PageRequest(1, None, "")),
        ({"Cursor": "abc", "Count": "7"}, PageRequest(1, 7, "abc")),
        ({"cursor": "", "count": 0}, PageRequest(1, 0, "")),
        ({"cursor": None, "count": 5}, PageRequest(1, 5)),
    ],
)
def test_reads(parameters: dict[str, Any], request_: PageRequest) -> None:
    assert read_page(parameters) == request_


@pytest.mark.parametrize("count", ["ten", "", "201", -1, "9" * 5000, True, 1.5])
def test_refuses_a_count_out_of_range(count: object) -> None:
    with pytest.raises(InvalidCount):
        read_page({"cursor": "", "count": count})


@pytest.mark.parametrize("cursor", [5, [], True])
def test_refuses_a_cursor_that_is_no_text(cursor: object) -> None:
    with pytest.raises(InvalidValue):
        read_page({"cursor": cursor})


def resources(client: ScimClient, path: str, query: dict[str, Any]) -> dict[str, Any]:
    """Return a list response."""
    answer = client.get(f"{path}?{urlencode(query)}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/Users", {}),
        ("/Users", {"attributes": "userName,groups"}),
        ("/Users", {"excludedAttributes": "groups"}),
        ("/Users", {"filter": 'department eq "Sales"'}),
        ("/Users", {"filter": 'userName co "a"'}),
        ("/Users", {"sortBy": "userName", "sortOrder": "descending"}),
        ("/Groups", {}),
        ("/Groups", {"filter": 'displayName eq "Team 1"'}),
    ],
)
def test_shows_what_pages_by_index_show(okta: ScimClient, path: str, query: dict[str, Any]) -> None:
    """Forward and back, whichever way the rows of a list are read."""
    people = create_people()
    User.objects.filter(pk=people[1].pk).update(deprovisioned_at=timezone.now())
    teams = Group.objects.bulk_create(Group(display_name=f"Team {number}") for number in range(3))
    Membership.objects.bulk_create(
        Membership(group=team, user=user) for team in teams for user in people[::2]
    )
    expected = resources(okta, path, query)
    pages = [resources(okta, path, {**query, "cursor": "", "count": 2})]
    while "nextCursor" in pages[-1]:
        pages.append(resources(okta, path, {**query, "cursor": pages[-1]["nextCursor"]}))
    back = [pages[-1]]
    while "previousCursor" in back[0]:
        back.insert(0, resources(okta, path, {**query, "cursor": back[0]["previousCursor"]}))
    for walked in (pages, back):
        assert [item for page in walked for item in page["Resources"]] == expected["Resources"]
        assert {page["totalResults"] for page in walked} == {expected["totalResults"]}
