"""The order and the pages of lists, and how the address says both."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from mdm_portal.portal import lists
from mdm_portal.portal.lists import Column

COLUMNS = (
    Column("name", "Name", ("name", "id")),
    Column("members", "Members", ("id",), number=True),
    Column("status", "Status"),
)


@pytest.fixture
def groups(db: None) -> Any:
    """Return 60 rows."""
    Group.objects.bulk_create(Group(name=f"group {number:02}") for number in range(60))
    return Group.objects.order_by("name", "pk")


def found(text: str, pattern: str) -> Iterator[str]:
    """Yield what a pattern finds, entities resolved."""
    for match in re.findall(pattern, text):
        yield match.replace("&amp;", "&")


@pytest.mark.parametrize(
    ("query", "order_by"),
    [
        ("", ("-id", "-pk")),
        ("sort=name", ("name", "id", "pk")),
        ("sort=-name", ("-name", "-id", "-pk")),
        ("sort=status", ("-id", "-pk")),
        ("sort=password", ("-id", "-pk")),
        ("sort=--name", ("-id", "-pk")),
        ("sort=name&sort=members", ("id", "pk")),
    ],
)
def test_only_declared_columns_sort(
    rf: RequestFactory, query: str, order_by: tuple[str, ...]
) -> None:
    sorting = lists.sorting(rf.get(f"/?{query}"), COLUMNS, "-members")
    assert sorting.order_by == order_by


def test_a_click_on_a_head_turns_its_order_and_keeps_the_filters(rf: RequestFactory) -> None:
    request = rf.get("/?q=a%26b&sort=name&page=3")
    sorting = lists.sorting(request, COLUMNS, "name")
    row = "".join(
        render_to_string("partials/sort_header.html", {"header": header}, request)
        for header in sorting.headers
    )
    assert list(found(row, r'href="([^"]+)"')) == [
        "?q=a%26b&sort=-name",
        "?q=a%26b&sort=members",
    ]
    assert list(found(row, r'aria-sort="([^"]+)"')) == ["ascending"]


@pytest.mark.parametrize(
    ("page", "number"), [("", 1), ("2", 2), ("99", 3), ("0", 3), ("-1", 3), ("x", 1), ("1e9", 1)]
)
def test_a_page_that_is_not_there_gives_way_to_one_that_is(
    rf: RequestFactory, groups: Any, page: str, number: int
) -> None:
    assert lists.paginate(groups, rf.get("/", {"page": page})).number == number


def test_pages_do_not_overlap_and_leave_nothing_out(rf: RequestFactory, groups: Any) -> None:
    names = [
        row.name
        for number in (1, 2, 3)
        for row in lists.paginate(groups, rf.get("/", {"page": str(number)}))
    ]
    assert names == [f"group {number:02}" for number in range(60)]


def test_the_pager_says_where_one_is_and_keeps_the_filters(rf: RequestFactory, groups: Any) -> None:
    request = rf.get("/?q=x&page=2")
    context = {"page": lists.paginate(groups, request)}
    pager = render_to_string("partials/pager.html", context, request)
    assert "26 to 50 of 60" in pager
    assert list(found(pager, r'href="([^"]+)"')) == ["?q=x&page=1", "?q=x&page=3"]


def test_a_long_list_is_counted_no_further_than_it_can_be_paged(
    rf: RequestFactory, groups: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST", 50)
    request = rf.get("/?page=99")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = lists.paginate(groups, request)
        rows = list(page)
    assert (page.number, len(rows), page.paginator.count) == (2, 25, 50)
    assert "LIMIT 51" in queries[0]["sql"]
    assert len(queries) == 2
    pager = render_to_string("partials/pager.html", {"page": page}, request)
    assert "26 to 50 of more than 50" in pager


def test_an_empty_list_has_no_pager(rf: RequestFactory) -> None:
    page = lists.paginate([], rf.get("/"))
    assert render_to_string("partials/pager.html", {"page": page}, rf.get("/")).strip() == ""


@pytest.mark.parametrize(
    ("query", "filtered"), [("", False), ("q=", False), ("q=a", True), ("sort=a&page=2", False)]
)
def test_an_empty_list_knows_whether_filters_made_it_so(
    rf: RequestFactory, query: str, filtered: bool
) -> None:
    request = rf.get(f"/groups/?{query}")
    assert lists.is_filtered(request) is filtered
    context = {"title": "No group yet", "filtered": filtered}
    shown = render_to_string("partials/empty.html", context, request)
    assert ("Clear filters" in shown) is filtered
    assert ("No group yet" in shown) is not filtered


@pytest.mark.parametrize("before", ["x", "-1", "٣", "9" * 19, "9" * 5000])
def test_a_key_that_is_none_begins_at_the_newest(
    rf: RequestFactory, groups: Any, before: str
) -> None:
    page = lists.keyset_page(groups, rf.get("/", {"before": before}))
    assert (page.is_newest, page.rows[0].name) == (True, "group 59")
