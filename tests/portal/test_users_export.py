"""Users as CSV: who is in the file, what it says, and that nothing in it computes."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.actors import Actor
from mdm_portal.administrators import create_administrator
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.settings.services import add_custom_attribute
from tests.portal.people import person

pytestmark = pytest.mark.django_db
HEADS = [
    *("Name", "Username", "Email Address", "Department", "User Source", "Status"),
    *("Invite Status", "Created"),
]


def table(answer: Any) -> list[list[str]]:
    """Return the lines of the file, cells apart."""
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    content = b"".join(answer.streaming_content).decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline="")))


def exported(portal: Client, query: str = "") -> list[str]:
    """Return the names in the file."""
    return [line[0] for line in table(portal.get(f"/users/export/?{query}"))[1:]]


def test_the_file_says_what_the_list_says_and_all_custom_attributes(portal: Client) -> None:
    for name in ("costCenter", "badge"):
        add_custom_attribute(name=name, actor=Actor.system())
    ana = person(
        "Ána “50% off_” 🦊",
        department="Ventas, Norte",
        emails=({"value": "ana@ex.org"},),
        custom={"costCenter": 'CC "7"\nsecond line'},
    )
    Invitation.objects.create(user=ana, status="failed", due_at=ana.created_at)
    answer = portal.get("/users/export/")
    assert answer["Content-Disposition"].startswith('attachment; filename="users-')
    heads, line = table(answer)
    assert heads == [*HEADS, "badge", "costCenter"]
    assert line[:7] == [
        *("Ána “50% off_” 🦊", "Ána “50% off_” 🦊@ex.org", "ana@ex.org", "Ventas, Norte"),
        *("SCIM Okta", "Active", "Failed"),
    ]
    assert line[8:] == ["", 'CC "7"\nsecond line']


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(portal: Client, start: str) -> None:
    add_custom_attribute(name="note", actor=Actor.system())
    nasty = f"{start}cmd|' /C calc'!A0"
    state = UserState(user_name=nasty, display_name=nasty, department=nasty, custom={"note": nasty})
    create_user(state=state, actor=Actor.system())
    _heads, line = table(portal.get("/users/export/"))
    assert [line[0], line[1], line[3], line[-1]] == [f"'{nasty}"] * 4


def test_the_file_holds_who_matches_in_the_order_of_the_list(portal: Client) -> None:
    person("ana", department="Sales")
    person("bob", department="sales")
    person("cid")
    assert exported(portal) == ["ana", "bob", "cid"]
    assert exported(portal, "department=SALES&sort=-name") == ["bob", "ana"]
    assert exported(portal, "department=SALES&all=1&page=7&size=100") == ["ana", "bob"]
    assert exported(portal, "q=nobody") == []


def test_who_is_ticked_is_exported_alone(portal: Client) -> None:
    ana, bob, _cid = person("ana"), person("bob"), person("cid")
    assert exported(portal, f"user={bob.pk}&user={ana.pk}&user=nonsense") == ["ana", "bob"]
    assert exported(portal, f"user={bob.pk}&all=1") == ["ana", "bob", "cid"]


def test_filters_that_make_no_sense_lead_back_to_them(portal: Client) -> None:
    person("ana")
    answer = portal.get("/users/export/?status=tired&sort=-name")
    assert (answer.status_code, answer["Location"]) == (302, "/users/?status=tired&sort=-name")


def test_a_big_file_takes_no_more_statements(
    portal: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    users = [User(user_name=f"u{number}", sort_name=f"{number:05}") for number in range(1200)]
    User.objects.bulk_create(users)
    with django_assert_max_num_queries(8):
        assert len(exported(portal)) == 1200


def test_who_may_only_read_may_export(db: None) -> None:
    password = "correct horse battery staple"
    create_administrator(
        username="ana", actor=Actor.operator("tests"), role="user-read-only", password=password
    )
    reader = Client()
    reader.post("/sign-in/", {"username": "ana", "password": password})
    person("bob")
    assert exported(reader) == ["bob"]


def test_the_file_speaks_the_readers_language(portal: Client) -> None:
    person("ana")
    portal.post("/language/", {"language": "es", "next": "/users/"})
    heads, line = table(portal.get("/users/export/"))
    assert "Departamento" in heads
    assert "Activo" in line


def test_nobody_exports_without_signing_in(client: Client, db: None) -> None:
    assert client.get("/users/export/").status_code == 302
