"""The command palette finds pages, actions, users and groups, within the administrator's role."""

import re

import pytest
from django.test import Client

from audit.actors import Actor
from mdm_portal.administrators import create_administrator
from scim_provisioning.configurations.drafts import Draft
from scim_provisioning.configurations.services import create
from tests.portal.people import group, person

pytestmark = pytest.mark.django_db


def found(client: Client, question: str = "") -> list[str]:
    """Return the addresses that a question finds."""
    answer = client.get("/palette/", {"q": question})
    assert answer.status_code == 200
    return re.findall(r'href="([^"]+)"', answer.content.decode())


def test_without_a_question_it_shows_the_pages(portal: Client) -> None:
    assert {"/users/", "/audit/", "/admin/identity/user-provisioning/"} <= set(found(portal))


def test_users_and_groups_are_found_by_name(portal: Client) -> None:
    zoe = person("Zoë <b>", emails=({"value": "z@ex.org"},))
    sales = group("Sales 50% off_", zoe)
    assert found(portal, "ZOE") == [f"/users/{zoe.pk}/"]
    assert found(portal, "50% off_") == [f"/users/groups/{sales.pk}/"]
    assert found(portal, "z@ex") == [f"/users/{zoe.pk}/"]
    assert b"<b>" not in portal.get("/palette/?q=zoe").content


def test_actions_are_found_by_their_words(portal: Client) -> None:
    assert found(portal, "okta generate") == ["/admin/identity/user-provisioning/okta/generate/"]
    assert found(portal, "test okta") == ["/admin/identity/user-provisioning/okta/test/"]
    assert found(portal, "add user") == ["/users/add/", "/users/groups/add/"]
    assert found(portal, "multiple") == ["/users/import/"]
    assert found(portal, "add conf") == ["/admin/configurations/new/"]


def test_configurations_are_found_by_name(portal: Client) -> None:
    draft = Draft("Bureau <b>", (("k", "v"),))
    made = create(kind="custom", draft=draft, actor=Actor.operator("tests"))
    assert found(portal, "BURE") == [f"/admin/configurations/{made.pk}/"]


@pytest.mark.parametrize("question", ["", "\0", "'; --", "%", "x" * 5000])
def test_odd_questions_get_a_calm_answer(portal: Client, question: str) -> None:
    found(portal, question)


def test_a_role_finds_what_it_may_open(db: None) -> None:
    create_administrator(
        username="ana",
        actor=Actor.operator("tests"),
        role="user-read-only",
        password="correct horse battery staple",
    )
    client = Client()
    client.post("/sign-in/", {"username": "ana", "password": "correct horse battery staple"})
    assert found(client) == ["/dashboard/", "/users/", "/users/groups/"]
    assert found(client, "okta") == []
