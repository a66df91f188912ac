"""Customize columns and saved queries: remembered for each administrator, and audited."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User as Administrator
from django.db import IntegrityError, transaction
from django.test import Client

from audit import saved_queries
from audit.models import ColumnChoice, Event, SavedQuery
from tests.portal.people import person
from tests.portal.words import Page, markup, text

pytestmark = pytest.mark.django_db
DEFAULT = [
    "Time of Action",
    "Activity",
    "Name",
    "Performed By",
    "DETAILS",
    "Status",
    "Changes - Before &amp; After",
]


@pytest.fixture
def other(db: None) -> Client:
    """Return the browser of another administrator."""
    client = Client()
    client.force_login(
        get_user_model().objects.create_superuser("other"),
        "django.contrib.auth.backends.ModelBackend",
    )
    return client


def heads(page: Page) -> list[str]:
    """Return the heads of the trail's columns."""
    head = re.search(r'table class="data cards trail"> <thead>(.*?)</thead>', markup(page))
    assert head
    return re.findall(r'<th scope="col">(.*?)</th>', head[1])


def saved(page: Page) -> list[tuple[str, str]]:
    """Return the saved queries: where each leads, and its name."""
    found = re.search(r'<ul class="saved-queries">(.*?)</ul>', markup(page))
    pattern = r'<a href="([^"]+)"[^>]*><bdi>(.*?)</bdi>'
    return re.findall(pattern, found[1]) if found else []


def send(portal: Client, query: str = "", **values: Any) -> Page:
    """Send a form of the page and return the answer."""
    return portal.post(f"/audit/?{query}", values)


def test_type_and_category_are_hidden_at_first(portal: Client) -> None:
    person("Ana")
    assert heads(portal.get("/audit/")) == DEFAULT


def test_chosen_columns_are_remembered_for_this_administrator(
    portal: Client, other: Client
) -> None:
    person("Ana")
    answer = send(portal, "q=ana&size=100", do="columns", columns=["category", "name", "time"])
    assert (answer.status_code, answer["Location"]) == (302, "/audit/?q=ana&size=100")
    page = portal.get("/audit/?event=user.created")
    assert heads(page) == ["Time of Action", "Category", "Name"]
    assert page.content.decode().count("<td ") == 3
    assert "Changes saved." in text(page)
    assert heads(other.get("/audit/")) == DEFAULT
    event = Event.objects.get(event="columns.customized")
    assert (event.actor_name, event.changes[0]["after"]) == ("admin", ["time", "category", "name"])


def test_the_same_columns_are_no_change(portal: Client) -> None:
    keys = ["time", "activity", "name", "performed_by", "details", "status", "changes"]
    answer = portal.post("/audit/", {"do": "columns", "columns": keys}, follow=True)
    assert "Nothing was changed." in text(answer)
    assert not ColumnChoice.objects.exists()
    assert not Event.objects.filter(event="columns.customized").exists()


@pytest.mark.parametrize(
    ("columns", "reason"),
    [([], "Choose at least one column."), (["name", "password"], "Select a valid choice.")],
)
def test_columns_that_are_none_are_refused_beside_the_boxes(
    portal: Client, columns: list[str], reason: str
) -> None:
    person("Ana")
    answer = send(portal, "q=ana", do="columns", columns=columns)
    assert answer.status_code == 422
    assert f'id="shown_columns_error">{reason}' in markup(answer)
    assert "<details open>" in markup(answer)
    assert 'value="ana"' in markup(answer), "the filters stay"
    assert heads(answer) == DEFAULT
    assert not ColumnChoice.objects.exists()


def test_a_query_is_saved_opened_and_deleted(portal: Client, other: Client) -> None:
    query = "q=a%26b&category=user&start=2026-01-02&view=grouped&size=100"
    answer = send(portal, f"{query}&page=4&before=7", do="save", name=" What  Okta <did> ")
    assert answer.status_code == 302
    page = portal.get("/audit/")
    ((address, name),) = saved(page)
    assert name == "What Okta &lt;did&gt;"
    opened = portal.get(address.replace("&amp;", "&"))
    assert 'value="a&amp;b"' in markup(opened)
    assert 'value="2026-01-02"' in markup(opened)
    assert '<input type="hidden" name="view" value="grouped">' in markup(opened)
    assert 'aria-current="true"><bdi>What Okta' in markup(opened)
    assert "page=" not in address and "before=" not in address
    assert saved(other.get("/audit/")) == []
    key = SavedQuery.objects.get().pk
    page = portal.post("/audit/", {"do": "delete", "query": key}, follow=True)
    assert saved(page) == []
    assert "The query “What Okta &lt;did&gt;” was deleted." in text(page)
    names = Event.objects.filter(type="trail").order_by("id").values_list("event", flat=True)
    assert list(names) == ["saved_query.created", "saved_query.deleted"]


def test_nobody_deletes_a_query_of_another(portal: Client, other: Client) -> None:
    send(portal, "q=ana", do="save", name="mine")
    key = SavedQuery.objects.get().pk
    for query in (key, 2**63 - 1, 2**70, -1, "x", ""):
        answer = other.post("/audit/", {"do": "delete", "query": query}, follow=True)
        assert "There is no such saved query any more." in text(answer)
    assert len(saved(portal.get("/audit/"))) == 1


@pytest.mark.parametrize(
    ("query", "name", "reason"),
    [
        ("q=ana", "", "This field is required."),
        ("q=ana", "  ", "This field is required."),
        ("q=ana", "x" * 101, "at most 100 characters"),
        ("q=ana", "a\0b", "Null characters are not allowed."),
        ("q=ana", "TAKEN", "You already have a saved query with this name."),
        ("", "new", "Set a filter first, then save it."),
        ("start=yesterday&before=5", "new", "Set a filter first, then save it."),
    ],
)
def test_a_query_that_cannot_be_saved_is_told_beside_its_name(
    portal: Client, query: str, name: str, reason: str
) -> None:
    send(portal, "q=ana", do="save", name="taken")
    answer = send(portal, query, do="save", name=name)
    assert answer.status_code == 422
    shown = re.search(r'id="saved_name_error">(.*?)</div>', markup(answer))
    assert shown and reason in shown[1]
    assert SavedQuery.objects.count() == 1


def test_what_makes_no_sense_is_not_saved(portal: Client) -> None:
    send(portal, "q=ana&start=yesterday&event=none", do="save", name="ana")
    assert SavedQuery.objects.get().query == "q=ana"


def test_two_administrators_may_use_the_same_name(portal: Client, other: Client) -> None:
    for client in (portal, other):
        assert send(client, "q=ana", do="save", name="ana").status_code == 302


def test_the_database_refuses_a_second_of_a_name(administrator: Administrator) -> None:
    SavedQuery.objects.create(administrator=administrator, name="straße", query="q=a")
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedQuery.objects.create(administrator=administrator, name="STRAßE", query="q=a")


def test_there_is_a_limit(portal: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_queries, "MAX_SAVED_QUERIES", 2)
    answers = [send(portal, "q=ana", do="save", name=str(number)) for number in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 422]
    assert "You can have at most 2 saved queries. Delete one first." in text(answers[2])


@pytest.mark.parametrize("do", ["", "drop"])
def test_a_form_of_nobody_is_refused(portal: Client, do: str) -> None:
    answer = send(portal, do=do)
    assert answer.status_code == 400
    assert "This request could not be understood" in text(answer)


def test_the_grouped_view_has_columns_of_its_own(portal: Client) -> None:
    assert "Customize columns" not in text(portal.get("/audit/?view=grouped"))


def test_an_administrator_who_goes_takes_them_along(
    portal: Client, administrator: Administrator
) -> None:
    send(portal, "q=ana", do="save", name="ana")
    send(portal, do="columns", columns=["name"])
    administrator.delete()
    assert not SavedQuery.objects.exists() and not ColumnChoice.objects.exists()


def test_forms_are_only_for_those_who_are_signed_in(client: Client) -> None:
    assert send(client, do="save", name="x")["Location"].startswith("/sign-in/")
