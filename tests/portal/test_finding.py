"""Lists of those who match, however few or many they are and wherever they stand in the order."""

from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from mdm_portal.portal.finding import find, first_found
from scim_provisioning.directory.models import User

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 14


@pytest.fixture
def crowd(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return 200 users by name, of whom a list shows no more than 40."""
    monkeypatch.setattr("mdm_portal.portal.lists.MOST", 40)
    User.objects.bulk_create(
        User(
            user_name=f"u{number}",
            sort_name=f"{number:03}",
            department=("front" if number < 100 else "end") if number % 2 else "few",
            source="okta" if number % 20 else "entra",
        )
        for number in range(200)
    )
    return User.objects.order_by("sort_name", "pk")


def shown(rf: RequestFactory, rows: Any) -> tuple[list[int], str]:
    """Return who is on any page of a list, in order, and what its pager says."""
    numbers, page = [], find(rows, rf.get("/"), 10)
    pager = render_to_string("partials/pager.html", {"page": page}, rf.get("/"))
    for place in page.paginator.page_range:
        asked = find(rows, rf.get("/", {"page": str(place)}), 10)
        assert asked.number == place
        numbers += [int(row.sort_name) for row in asked]
    return numbers, " ".join(pager.split())


def test_those_who_can_be_paged_through_are_all_there(rf: RequestFactory, crowd: Any) -> None:
    rows = crowd.filter(source="entra")
    assert shown(rf, rows)[0] == list(range(0, 200, 20))
    assert shown(rf, rows.reverse())[0] == list(range(180, -1, -20))
    assert "1 to 10 of 10" in shown(rf, rows)[1]


def test_nobody_is_found(rf: RequestFactory, crowd: Any) -> None:
    for rows in (crowd.filter(source="x"), crowd.none(), crowd.filter(pk__in=[])):
        assert shown(rf, rows) == ([], "")


def test_of_very_many_the_list_has_the_first_of_the_order(rf: RequestFactory, crowd: Any) -> None:
    rows = crowd.filter(department_key="front")
    numbers, pager = shown(rf, rows)
    assert numbers == list(range(1, 20, 2))
    assert "1 to 10 of more than 10. Narrow the list down to see the others." in pager
    numbers, _pager = shown(rf, crowd.exclude(source="x"))
    assert numbers == list(range(20))
    numbers, _pager = shown(rf, crowd.filter(department_key="end").order_by("-sort_name", "-pk"))
    assert numbers == list(range(199, 180, -2))


@pytest.mark.parametrize("order", ["sort_name", "-sort_name", "modified_at", "-active"])
def test_where_hardly_any_is_in_front_the_list_has_some_and_says_so(
    rf: RequestFactory, crowd: Any, order: str
) -> None:
    end = "front" if order == "-sort_name" else "end"
    rows = crowd.filter(department_key=end).order_by(order, "-pk" if order[0] == "-" else "pk")
    numbers, pager = shown(rf, rows)
    assert len(set(numbers)) == len(numbers) == 40
    assert all((number >= 100) is (end == "end") for number in numbers)
    if "sort_name" in order:
        assert numbers == sorted(numbers, reverse=order[0] == "-")
    assert "1 to 10 of 40 that match. Others match as well" in pager


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "5000", "9" * 5000, "٣", "1e9"])
def test_odd_pages_give_way_to_one_that_is_there(rf: RequestFactory, crowd: Any, page: str) -> None:
    rows = crowd.filter(department_key="few")
    found = find(rows, rf.get("/", {"page": page}), 10)
    assert 1 <= found.number <= found.paginator.num_pages
    assert len(found.object_list) == 10


@pytest.mark.parametrize("department", ["front", "end"])
def test_no_statement_reads_more_than_can_be_paged_through(
    rf: RequestFactory, crowd: Any, department: str
) -> None:
    rows = crowd.filter(department_key=department)
    with CaptureQueriesContext(connection) as queries:
        list(find(rows, rf.get("/"), 10))
    assert len(queries) <= MOST_STATEMENTS
    assert any("LIMIT 41" in query["sql"] for query in queries)


def test_in_a_vast_table_many_in_front_are_not_counted(rf: RequestFactory, crowd: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE directory_user")
    rows = crowd.exclude(source="x")
    with CaptureQueriesContext(connection) as queries:
        numbers, pager = shown(rf, rows)
    assert numbers == list(range(20))
    assert "1 to 10 of more than 20." in pager
    assert not any("WITH found" in query["sql"] for query in queries)


def test_those_who_stand_close_together_are_no_crowd(rf: RequestFactory, crowd: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE directory_user")
    rows = crowd.filter(sort_name__lt="030")
    assert shown(rf, rows)[0] == list(range(30))
    assert shown(rf, rows.order_by("-sort_name", "-pk"))[0] == list(range(29, -1, -1))
    assert shown(rf, crowd.filter(sort_name__gte="170"))[0] == list(range(170, 200))


def test_a_few_are_offered_in_order(crowd: Any) -> None:
    rows = crowd.filter(source="entra")
    assert [row.sort_name for row in first_found(rows, 2)] == ["000", "020"]
    assert not list(first_found(rows.none(), 2))
