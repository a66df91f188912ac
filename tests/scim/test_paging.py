"""Paging by index: the numbers a client may send, totals, and a walk over all rows."""

from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from audit.actors import Actor
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import deprovision_user
from scim_provisioning.scim.adapters import UserAdapter
from scim_provisioning.scim.errors import InvalidCount, InvalidValue
from scim_provisioning.scim.paging import (
    DEFAULT_COUNT,
    MAX_RESULTS,
    OrderedList,
    PageRequest,
    page_by_index,
    read_page,
)
from scim_provisioning.scim.plain_reads import plain_list
from scim_provisioning.scim.sorting import order_by
from tests.scim.people import USER_TYPE

OPERATOR = Actor.operator("tests")
BY_ID = order_by(None, None, USER_TYPE)


@pytest.mark.parametrize(
    ("parameters", "start_index", "count"),
    [
        ({}, 1, DEFAULT_COUNT),
        ({"startIndex": "3", "count": "7"}, 3, 7),
        ({"startIndex": 3.0, "count": 1e30}, 3, MAX_RESULTS),
        ({"startindex": "3", "COUNT": 7}, 3, 7),
        ({"startIndex": "0", "count": "0"}, 1, 0),
        ({"startIndex": "-5", "count": "-5"}, 1, 0),
        ({"startIndex": " 5", "count": "+5"}, 5, 5),
        ({"count": "201"}, 1, MAX_RESULTS),
        ({"count": "9" * 5000}, 1, MAX_RESULTS),
        ({"count": "-" + "9" * 5000}, 1, 0),
        ({"startIndex": "-" + "9" * 5000}, 1, DEFAULT_COUNT),
        ({"startIndex": None, "count": None}, 1, DEFAULT_COUNT),
        (QueryDict("startIndex=2&startIndex=4&count=3"), 4, 3),
    ],
)
def test_reads(parameters: Any, start_index: int, count: int) -> None:
    assert read_page(parameters) == PageRequest(start_index, count)


@pytest.mark.parametrize("value", ["", "ten", "1.5", "1e3", "٣", "0x1", "NaN", True, [], {}, 1.5])
@pytest.mark.parametrize("name", ["startIndex", "count"])
def test_refuses_what_is_no_number(name: str, value: object) -> None:
    with pytest.raises(InvalidValue):
        read_page({name: value})


def test_with_a_cursor_a_bad_count_is_invalid_count() -> None:
    with pytest.raises(InvalidCount):
        read_page({"cursor": "", "count": "ten"})


def make_users(number: int) -> list[User]:
    """Store users whose names come in another order than their ids."""
    return User.objects.bulk_create(
        User(user_name=f"user{(index * 7) % 1000:04}", department="ab"[index % 2])
        for index in range(number)
    )


NOBODY = plain_list(UserAdapter, Q(user_name_key__exact="nobody"), is_by_id=True)
BY_ORM = OrderedList(User.objects.all(), BY_ID)
NOBODY_BY_ORM = OrderedList(User.objects.filter(user_name="nobody"), BY_ID)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "none"), [(lambda: BY_ORM, NOBODY_BY_ORM), (lambda: everything(), NOBODY)]
)
def test_pages_and_totals(rows: Any, none: Any) -> None:
    users = make_users(25)
    page = page_by_index(rows(), PageRequest(1, 10))
    assert (page.rows, page.total, page.start_index) == (users[:10], 25, 1)
    page = page_by_index(rows(), PageRequest(21, 10))
    assert (page.rows, page.total, page.items_per_page) == (users[20:], 25, 5)
    page = page_by_index(rows(), PageRequest(26, 10))
    assert (page.rows, page.total, page.start_index) == ([], 25, 26)
    page = page_by_index(rows(), PageRequest(10**15, 200))
    assert (page.rows, page.total) == ([], 25)
    page = page_by_index(rows(), PageRequest(1, 0))
    assert (page.rows, page.total) == ([], 25)
    page = page_by_index(none, PageRequest())
    assert (page.rows, page.total) == ([], 0)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [lambda: BY_ORM, lambda: everything()])
def test_statements(rows: Any) -> None:
    make_users(25)
    for request, statements in (
        (PageRequest(1, 100), 1),
        (PageRequest(1, 10), 2),
        (PageRequest(21, 10), 1),
        (PageRequest(1, 0), 1),
        (PageRequest(100, 10), 2),
    ):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page_by_index(rows(), request)
        assert len(captured) == statements, request


@pytest.mark.django_db
def test_a_deep_page_passes_over_ids_only() -> None:
    users = make_users(620)
    order = order_by("userName", "descending", USER_TYPE)
    with CaptureQueriesContext(connection) as captured:
        page = page_by_index(OrderedList(User.objects.all(), order), PageRequest(601, 10))
    assert "IN (SELECT" in captured[0]["sql"]
    expected = sorted(users, key=lambda user: user.user_name, reverse=True)[600:610]
    assert page.rows == expected
    assert page.total == 620


def old_users(number: int, first: int = 0) -> list[User]:
    """Store users whose ids are as old as their numbers are low."""
    people = [
        User(id=UUID(int=(1_000_000 + at << 80) | 7 << 76), user_name=f"old{at}", user_name_key="")
        for at in range(first, first + number)
    ]
    return User.objects.bulk_create(people)


@pytest.mark.django_db
def test_a_walk_by_index_remembers_where_the_next_page_begins() -> None:
    """It passes over no row twice, until a row before leaves."""
    cache.clear()
    users = old_users(620)
    assert page_by_index(everything(), PageRequest(601, 10)).rows == users[600:610]
    with CaptureQueriesContext(connection) as captured:
        assert page_by_index(everything(), PageRequest(611, 10)).rows == users[610:]
    assert not [one for one in captured if "OFFSET" in one["sql"]]
    deprovision_user(user_id=users[0].id, actor=OPERATOR)
    page = page_by_index(everything(), PageRequest(611, 10))
    assert (page.rows, page.total) == (users[611:], 619)
    assert page_by_index(everything(), PageRequest(621, 10)).rows == []


@pytest.mark.django_db
def test_rows_of_the_last_minute_are_no_anchors() -> None:
    """One with a lower id may be committed yet."""
    cache.clear()
    make_users(620)
    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            page_by_index(everything(), PageRequest(601, 10))
        assert [one for one in captured if "OFFSET" in one["sql"]]


def everything() -> Any:
    """Return the list of all users."""
    return plain_list(UserAdapter, None, is_by_id=True)


class WalkTest(TestCase):
    """A walk from page to page."""

    @given(number=st.integers(0, 40), count=st.integers(1, 12), start=st.integers(-3, 50))
    def test_sees_each_row_once(self, number: int, count: int, start: int) -> None:
        users = make_users(number)
        order = order_by("department", "descending", USER_TYPE)
        expected = sorted(users, key=lambda user: (user.department != "b", user.id))
        page = page_by_index(
            OrderedList(User.objects.all(), order), read_page({"startIndex": start, "count": count})
        )
        first = max(start, 1) - 1
        assert page.rows == expected[first : first + count]
        assert page.total == number
        seen: list[User] = []
        while rows := page_by_index(
            OrderedList(User.objects.all(), order), PageRequest(len(seen) + 1, count)
        ).rows:
            seen += rows
        assert seen == expected
