"""Export to CSV: what the filters match, streamed, and nothing that a spreadsheet computes."""

import csv
from dataclasses import replace
from io import StringIO

import pytest
from django.db import connection
from django.test import Client

from audit import events, export
from audit.models import Event
from audit.services import Change, Subject, event_row, record, record_all
from scim_provisioning.directory.services import update_user
from tests.portal.people import ENTRA, OKTA, group, person
from tests.portal.words import Page, markup

pytestmark = pytest.mark.django_db


def body(answer: Page) -> str:
    """Return the whole of a streamed answer."""
    return b"".join(answer.streaming_content).decode()


def exported(portal: Client, query: str = "") -> list[dict[str, str]]:
    """Return the rows of an export by the heads of their columns."""
    answer = portal.get(f"/audit/export.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(body(answer).removeprefix("\ufeff"), newline="")))


def test_a_spreadsheet_opens_it_as_a_file_of_its_own(portal: Client) -> None:
    answer = portal.get("/audit/export.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-trails-20')
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbfTime of Action,Activity,")


def test_an_event_has_all_its_columns(portal: Client) -> None:
    ana = person("Ana", department="Ventas")
    update_user(user_id=ana.pk, edit=lambda state: replace(state, department="Ops"), actor=OKTA)
    (row,) = exported(portal, "event=user.updated")
    assert row.pop("Time of Action").startswith("20")
    assert row == {
        "Activity": "User Updated",
        "Type": "Account",
        "Category": "User Management",
        "Name": "Ana",
        "Performed By": "scim_Ab3dEf9h…",
        "Address": "203.0.113.7",
        "DETAILS": "Okta",
        "Status": "Success",
        "Changes - Before & After": "department: Ventas → Ops",
    }


def test_lists_are_exported_as_long_as_they_are(portal: Client) -> None:
    group("Sales", *[person(f"user{number:02}") for number in range(15)])
    (row,) = exported(portal, "event=group.created")
    assert "user00@ex.org, user01@ex.org" in row["Changes - Before & After"]
    assert "user14@ex.org" in row["Changes - Before & After"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(portal: Client, start: str) -> None:
    name = f'{start}HYPERLINK("http://ex.org","x")'
    actor = replace(OKTA, name=name, address=name)
    change = Change(attribute=name, before=name, after=name)
    record(
        events.USER_CREATED,
        actor=actor,
        subject=Subject("user", "1", name),
        details=name,
        changes=[change],
    )
    (row,) = exported(portal, "event=user.created")
    for column in ("Name", "Performed By", "Address", "DETAILS"):
        assert row[column] == f"'{name}"
    assert row["Changes - Before & After"].startswith("'")


def test_what_is_harmless_stays_as_it_is(portal: Client) -> None:
    name = 'Zoë, "Z"\nO\'Neil – 50 % = half 💼'
    record(events.USER_CREATED, actor=OKTA, subject=Subject("user", "1", name))
    assert [row["Name"] for row in exported(portal, "event=user.created")] == [name]


def test_only_what_matches_is_exported_newest_first(portal: Client) -> None:
    for name, actor in (("Ana", OKTA), ("Bob", ENTRA), ("Anabel", OKTA)):
        person(name, actor)
    rows = exported(portal, "q=okta&name=ana&event=user.created&before=1&size=100")
    assert [row["Name"] for row in rows] == ["Anabel", "Ana"]
    assert exported(portal, "event=user.deleted") == []


def test_filters_that_make_no_sense_are_told_before_anything_is_exported(portal: Client) -> None:
    answer = portal.get("/audit/export.csv?start=yesterday&q=ana")
    assert (answer.status_code, answer["Location"]) == (302, "/audit/?start=yesterday&q=ana")


def test_it_speaks_the_language_of_its_reader(portal: Client) -> None:
    person("Ana")
    portal.cookies["django_language"] = "es"
    answer = portal.get("/audit/export.csv?event=user.created")
    assert "DETALLES" in body(answer)


def test_it_is_read_from_the_server_piece_by_piece(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "ROWS", 50)
    subject = Subject("user", "1", "Ana")
    record_all(event_row(events.USER_CREATED, actor=OKTA, subject=subject) for _ in range(120))
    answer = portal.get("/audit/export.csv?event=user.created")
    pieces = iter(answer.streaming_content)
    sizes = [next(pieces).count(b"\r\n"), next(pieces).count(b"\r\n")]
    assert sizes == [1, 50]
    assert open_cursors() == 1
    assert [piece.count(b"\r\n") for piece in pieces] == [50, 20]
    assert open_cursors() == 0


def test_who_goes_away_leaves_no_cursor_behind(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "ROWS", 2)
    subject = Subject("user", "1", "Ana")
    record_all(event_row(events.USER_CREATED, actor=OKTA, subject=subject) for _ in range(9))
    pieces = export.csv_of(Event.objects.all(), "en")
    assert next(pieces) and next(pieces)
    pieces.close()
    assert open_cursors() == 0


def open_cursors() -> int:
    """Return how many cursors of Django are open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '_django_curs_%%'", [])
        return int(cursor.fetchone()[0])


def test_the_page_leads_to_the_export_of_what_it_shows(portal: Client) -> None:
    page = markup(portal.get("/audit/?q=a%26b&category=user&before=7&size=100&view=grouped&page=2"))
    assert 'href="/audit/export.csv?q=a%26b&amp;category=user"' in page


def test_only_those_who_are_signed_in_export(client: Client) -> None:
    answer = client.get("/audit/export.csv")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
