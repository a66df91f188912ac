"""PATCH requests that were answered wrongly once."""

from typing import Any

import pytest

from scim_provisioning.settings.services import add_custom_attribute
from tests.scim.client import ScimClient
from tests.scim.conftest import operator

pytestmark = pytest.mark.django_db

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
WORK = {"value": "ana@ex.org", "type": "work", "primary": True}
HOME = {"value": "ana@home.example", "type": "home"}
ANA: dict[str, Any] = {
    "userName": "Ana",
    "displayName": "Ana",
    "emails": [WORK, HOME],
    ENTERPRISE: {"department": "Ops"},
}
BEA = {"value": "bea@ex.org"}

CHANGES: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    (
        "removing an empty list of values removes none",
        [{"op": "remove", "path": "emails", "value": []}],
        {},
    ),
    (
        "a listed address counts in any letter case",
        [{"op": "remove", "path": "emails", "value": [{"value": "ANA@EX.ORG"}]}],
        {"emails": [HOME]},
    ),
    (
        "adding the same twice adds it once",
        [{"op": "add", "path": "emails", "value": [BEA, BEA]}],
        {"emails": [WORK, HOME, BEA]},
    ),
    (
        "a blank part is cleared",
        [{"op": "add", "path": 'emails[type eq "work"]', "value": {"type": ""}}],
        {"emails": [{"value": "ana@ex.org", "primary": True}, HOME]},
    ),
    (
        "null clears an extension",
        [{"op": "replace", "path": ENTERPRISE, "value": None}],
        {ENTERPRISE: None},
    ),
    ("a part of the name not kept", [{"op": "add", "path": "name.middleName", "value": "B"}], {}),
    (
        "externalId with its schema's URN",
        [{"op": "add", "path": f"{CORE}:externalId", "value": "x-1"}],
        {"externalId": "x-1"},
    ),
]


@pytest.mark.parametrize(
    ("operations", "difference"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES]
)
def test_changes(
    other: ScimClient, operations: list[dict[str, Any]], difference: dict[str, Any]
) -> None:
    user = other.post("/Users", ANA).json()
    answer = other.patch(f"/Users/{user['id']}", {"Operations": operations})
    assert answer.status_code == 200, answer.content
    wanted = {name: item for name, item in (user | difference).items() if item is not None}
    ignored = ("meta", "schemas")
    assert {name: item for name, item in answer.json().items() if name not in ignored} == {
        name: item for name, item in wanted.items() if name not in ignored
    }


REFUSED: list[tuple[str, list[dict[str, Any]], str]] = [
    (
        "a wrong type that a later operation puts right",
        [
            {"op": "replace", "path": "displayName", "value": {"a": 1}},
            {"op": "replace", "path": "displayName", "value": "Bea"},
        ],
        "invalidValue",
    ),
    (
        "a wrong type within the name that a later operation puts right",
        [
            {"op": "replace", "path": "name.givenName", "value": 5},
            {"op": "remove", "path": "name"},
        ],
        "invalidValue",
    ),
    (
        "a userName that a later operation sets back",
        [
            {"op": "replace", "path": "userName", "value": "Bea"},
            {"op": "replace", "path": "userName", "value": "Ana"},
        ],
        "mutability",
    ),
    (
        "an address replaced by a blank one",
        [{"op": "replace", "path": 'emails[type eq "work"]', "value": {"value": ""}}],
        "invalidValue",
    ),
    (
        "a filter that names what does not exist, where no address is",
        [
            {"op": "remove", "path": "emails"},
            {"op": "add", "path": 'emails[foo eq "x" and type eq "work"].value', "value": "a"},
        ],
        "invalidFilter",
    ),
    (
        "a filter that no address can satisfy",
        [{"op": "add", "path": 'emails[type eq "a" and type eq "b"].value', "value": "a"}],
        "noTarget",
    ),
    (
        "an address of which nothing is left",
        [
            {"op": "replace", "path": "emails", "value": [BEA]},
            {"op": "remove", "path": "emails.value"},
            {"op": "replace", "path": 'emails[not (type eq "work")].value', "value": "a"},
        ],
        "noTarget",
    ),
]


@pytest.mark.parametrize(
    ("operations", "scim_type"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refuses(other: ScimClient, operations: list[dict[str, Any]], scim_type: str) -> None:
    user = other.post("/Users", ANA).json()
    answer = other.patch(f"/Users/{user['id']}", {"Operations": operations})
    assert (answer.status_code, answer.json().get("scimType")) == (400, scim_type)
    assert other.get(f"/Users/{user['id']}").json() == user


def test_a_wrong_custom_value_is_refused_though_a_later_operation_clears_it(
    other: ScimClient,
) -> None:
    add_custom_attribute(name="costCode", actor=operator())
    path = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:costCode"
    user = other.post("/Users", ANA).json()
    operations = [{"op": "add", "path": path, "value": ["a"]}, {"op": "remove", "path": path}]
    answer = other.patch(f"/Users/{user['id']}", {"Operations": operations})
    assert (answer.status_code, answer.json().get("scimType")) == (400, "invalidValue")


@pytest.mark.parametrize(
    ("operation", "status", "staying"),
    [
        ({"op": "remove", "path": "members.display"}, 400, "AB"),
        ({"op": "remove", "path": 'members[value eq "{A}"].display'}, 400, "AB"),
        ({"op": "remove", "path": 'members[value eq "{A}" and value eq "{B}"]'}, 200, "AB"),
        ({"op": "replace", "path": 'members[value eq "{C}"]', "value": ["{A}"]}, 400, "AB"),
        ({"op": "add", "path": 'members[value eq "{A}"]', "value": ["{C}"]}, 200, "ABC"),
        ({"op": "replace", "path": 'members[display eq "A"]', "value": ["{C}"]}, 200, "BC"),
    ],
)
def test_members(other: ScimClient, operation: dict[str, Any], status: int, staying: str) -> None:
    ids = {name: other.post("/Users", {"userName": name}).json()["id"] for name in "ABC"}
    members = [{"value": ids[name]} for name in "AB"]
    group = other.post("/Groups", {"displayName": "G", "members": members}).json()
    path = operation["path"].format_map(ids)
    value = [item.format_map(ids) for item in operation.get("value", [])]
    sent = {**operation, "path": path, **({"value": value} if value else {})}
    answer = other.patch(f"/Groups/{group['id']}", {"Operations": [sent]})
    assert answer.status_code == status, answer.content
    stored = other.get(f"/Groups/{group['id']}").json()
    assert {item["value"] for item in stored["members"]} == {ids[name] for name in staying}
