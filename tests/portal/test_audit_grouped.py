"""The Grouped view: one row for each that something happened to, and the way to its history."""

import re

import pytest
from django.test import Client

from audit import events, grouping
from audit.actors import Actor
from audit.models import Event
from audit.services import Subject, record
from scim_provisioning.directory.services import deprovision_user
from tests.portal.people import ENTRA, OKTA, group, person
from tests.portal.words import Page, markup, text

pytestmark = pytest.mark.django_db
GROUPED = "/audit/?view=grouped&category=user"


def rows(page: Page) -> list[list[str]]:
    """Return the words of each row, cell by cell, the time excepted."""
    found = re.findall(r"<tr>(.*?)</tr>", markup(page))[1:]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in found]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row][:-1] for row in cells]


def failed_sign_in(name: str) -> None:
    record(
        events.SIGN_IN_FAILED,
        actor=Actor(kind="administrator", name=name),
        subject=Subject("administrator", "", name),
        status=Event.FAILURE,
    )


def test_each_is_there_once_with_what_happened_last(portal: Client) -> None:
    ana = person("Ana")
    group("Sales", ana, actor=ENTRA)
    person("Bob")
    deprovision_user(user_id=ana.pk, actor=ENTRA)
    page = portal.get(GROUPED)
    assert rows(page) == [
        ["Ana", "Account", "User Management", "User Deleted", ENTRA.name],
        ["Bob", "Account", "User Management", "User Created", OKTA.name],
        ["Sales", "User Group", "User Management", "User Group Created", ENTRA.name],
    ]
    for head in ("Name", "Type", "Category", "Last Activity", "Last User", "Performed At"):
        assert f'<th scope="col">{head}</th>' in markup(page)


def test_a_name_leads_to_all_that_was_done_to_it(portal: Client) -> None:
    ana = person("Ana")
    deprovision_user(user_id=ana.pk, actor=ENTRA)
    link = re.search(
        r'<td class="name"[^>]*> <a class="strong" href="([^"]+)"', markup(portal.get(GROUPED))
    )
    assert link
    history = text(portal.get(link[1].replace("&amp;", "&")))
    assert "User Created" in history and "User Deleted" in history
    assert "Only what was done to Ana ." in history


def test_who_has_no_id_is_known_by_the_name(portal: Client) -> None:
    for name in ("eve & co", "mallory", "eve & co"):
        failed_sign_in(name)
    page = portal.get("/audit/?view=grouped&status=failure")
    assert [row[0] for row in rows(page)] == ["eve &amp; co", "mallory"]
    link = re.search(r'href="([^"]+subject_name=eve[^"]+)"', markup(page))
    assert link
    history = markup(portal.get(link[1].replace("&amp;", "&")))
    assert history.count("<bdi>eve &amp; co</bdi></a>") == 2
    assert "mallory" not in history


def test_a_name_is_no_id(portal: Client) -> None:
    failed_sign_in("7")
    record(events.SIGNED_IN, actor=OKTA, subject=Subject("administrator", "7", "seven"))
    page = portal.get("/audit/?view=grouped&type=administrator&name=7")
    assert [row[0] for row in rows(page)] == ["7"]
    page = portal.get("/audit/?view=grouped&type=administrator")
    assert [row[0] for row in rows(page)][:2] == ["seven", "7"]


def test_filters_and_views_keep_each_other(portal: Client) -> None:
    person("Ana")
    page = markup(portal.get("/audit/?view=grouped&q=ana&size=100&page=3"))
    assert '<input type="hidden" name="view" value="grouped">' in page
    assert 'href="?q=ana&amp;size=100" >Expanded' in page
    assert rows(portal.get("/audit/?view=grouped&q=nobody")) == []
    assert "Nothing matches these filters." in text(portal.get("/audit/?view=grouped&q=nobody"))


def test_its_pages_are_counted(portal: Client) -> None:
    for number in range(120):
        record(events.USER_CREATED, actor=OKTA, subject=Subject("user", f"{number}", f"u{number}"))
    first = portal.get(GROUPED)
    assert (len(rows(first)), rows(first)[0][0]) == (50, "u119")
    assert "1 to 50 of 120" in text(first)
    assert [row[0] for row in rows(portal.get(f"{GROUPED}&page=3"))][-1] == "u0"
    assert len(rows(portal.get(f"{GROUPED}&size=100"))) == 100


def test_only_the_newest_events_are_looked_at_and_the_page_says_so(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "GROUPED", 3)
    for name in ("Ana", "Bob", "Cem"):
        person(name)
    said = "are grouped here. Choose a date range to see earlier ones."
    assert said not in text(portal.get(GROUPED))
    person("Dan")
    page = portal.get(GROUPED)
    assert [row[0] for row in rows(page)] == ["Dan", "Cem", "Bob"]
    assert said in text(page)


@pytest.mark.parametrize("query", ["page=x", "page=-1", "page=" + "9" * 5000, "size=7", "start=x"])
def test_odd_questions_get_a_calm_page(portal: Client, query: str) -> None:
    person("Ana")
    assert [row[0] for row in rows(portal.get(f"{GROUPED}&{query}"))] == ["Ana"]
