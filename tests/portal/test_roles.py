"""Roles: each opens its area of the portal, to look at or to change."""

import pytest
from django.test import Client

from audit.actors import Actor
from mdm_portal.administrators import create_administrator
from mdm_portal.roles import ROLES

pytestmark = pytest.mark.django_db
USERS, SYSTEM = "/users/", "/admin/identity/user-provisioning/"
GENERATE = f"{SYSTEM}okta/generate/"


def signed_in(role: str) -> Client:
    """Return the browser of an administrator of a role."""
    password = "correct horse battery staple"
    create_administrator(
        username="ana", actor=Actor.operator("tests"), role=role, password=password
    )
    client = Client()
    assert client.post("/sign-in/", {"username": "ana", "password": password}).status_code == 302
    return client


@pytest.mark.parametrize(
    ("role", "users", "system", "generate"),
    [
        ("system-management", 200, 200, True),
        ("system-read-only", 200, 200, False),
        ("user-management", 200, 403, False),
        ("user-read-only", 200, 403, False),
    ],
)
def test_a_role_opens_its_area(role: str, users: int, system: int, generate: bool) -> None:
    client = signed_in(role)
    assert client.get(USERS).status_code == users
    assert client.get(SYSTEM).status_code == system
    answer = client.post(GENERATE, {"lifetime": "30"})
    assert (answer.status_code == 403) is not generate


def test_every_role_has_a_name_and_reads_what_it_writes() -> None:
    for role in ROLES.values():
        assert str(role.label)
        assert role.writes <= role.reads


def test_the_navigation_leads_to_open_pages_only() -> None:
    client = signed_in("user-read-only")
    assert client.get("/", follow=True).status_code == 200
    page = client.get(USERS).content.decode().partition("<main")[0]
    assert 'href="/users/groups/"' in page
    assert f'href="{SYSTEM}"' not in page
    assert 'href="/audit/"' not in page


def test_who_only_reads_may_still_save_a_query() -> None:
    client = signed_in("system-read-only")
    answer = client.post("/audit/?q=ana", {"do": "save", "name": "ana"})
    assert answer.status_code == 302
