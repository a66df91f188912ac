"""Roles: each opens its area of the portal, to look at or to change."""

from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from audit.actors import Actor
from mdm_portal import roles
from mdm_portal.administrators import create_administrator
from mdm_portal.roles import ROLES, Role
from tests.portal.links import Links
from tests.portal.words import text

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


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/",
        USERS,
        f"{USERS}groups/",
        SYSTEM,
        f"{SYSTEM}okta/",
        f"{SYSTEM}entra/",
        f"{SYSTEM}okta/settings/",
        f"{SYSTEM}requests/",
        "/admin/system/attributes/",
        "/admin/configurations/",
    ],
)
def test_a_portal_without_anybody_leads_to_open_pages_only(role: str, path: str) -> None:
    client = signed_in(role)
    page = client.get(path)
    may_read = path[:6] != SYSTEM[:6] or roles.SYSTEM in ROLES[role].reads
    assert page.status_code == (200 if may_read else 403)
    for address in Links(page.content.decode(), path).opened:
        assert client.get(address).status_code != 403, address


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_what_is_refused_says_why_and_leads_back(language: str) -> None:
    client = signed_in("user-read-only")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(SYSTEM)
    assert page.status_code == 403
    with translation.override(language):
        role = str(ROLES["user-read-only"].label)
        sentence = gettext("Your role, %(role)s, does not allow this.") % {"role": role}
        said = unescape(text(page))
        for words in (sentence, gettext("Nothing was changed."), gettext("Back to the portal")):
            assert words in said
    links = Links(page.content.decode(), SYSTEM).opened
    assert "/" in links
    assert {client.get(address, follow=True).status_code for address in links} <= {200, 405}


def test_settings_are_shown_to_those_who_may_only_read_them() -> None:
    page = signed_in("system-read-only").get(f"{SYSTEM}okta/settings/")
    assert "Your role may read this page but not change it." in text(page)
    assert "Automatically invite users imported from Okta" in text(page)
    assert "Save Changes" not in text(page)
    assert "<fieldset disabled>" in page.content.decode()


def row_of(role: Role) -> str:
    """Return a role as the handbook for administrators shows it."""

    def word(area: str) -> str:
        return "changes" if area in role.writes else "reads" if area in role.reads else "–"

    return f"| *{role.label}* | {word(roles.USERS)} | {word(roles.SYSTEM)} | `{role.key}` |"


def test_the_handbook_has_the_table_of_roles() -> None:
    handbook = (settings.BASE_DIR / "docs" / "administration.md").read_text(encoding="utf-8")
    table = [row for row in handbook.splitlines() if row.endswith("` |") and row[:3] == "| *"]
    assert table == [row_of(role) for role in ROLES.values()]
