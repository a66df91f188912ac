"""PATCH of users: RFC 7644 section 3.5.2, and the decision table of the IdP conversations."""

from typing import Any

import pytest

from tests.scim.client import Answer, ScimClient
from tests.scim.conftest import ConnectedClient

pytestmark = pytest.mark.django_db

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
WORK = {"value": "ana@ex.org", "type": "work", "primary": True}
HOME = {"value": "ana@home.example", "type": "home"}
ANA: dict[str, Any] = {
    "userName": "Ana@ex.org",
    "name": {"givenName": "Ana", "familyName": "Ruiz"},
    "displayName": "Ana “50% off_” 🦊",
    "emails": [WORK, HOME],
    ENTERPRISE: {"department": "קניות"},
}


def created(client: ScimClient, body: dict[str, Any] = ANA) -> dict[str, Any]:
    """Return a freshly created user."""
    answer = client.post("/Users", body)
    assert answer.status_code == 201, answer.content
    user: dict[str, Any] = answer.json()
    return user


def patched(client: ScimClient, user: dict[str, Any], *operations: Any) -> Answer:
    """Return the answer to a PATCH with these operations."""
    return client.patch(f"/Users/{user['id']}", {"Operations": list(operations)})


def content(user: dict[str, Any]) -> dict[str, Any]:
    """Return what the client sent of a resource: without what the service assigns."""
    return {key: value for key, value in user.items() if key not in ("schemas", "id", "meta")}


CHANGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "replace simple",
        {"op": "replace", "path": "displayName", "value": "A"},
        {"displayName": "A"},
    ),
    (
        "op in capitals",
        {"op": "REPLACE", "path": "DISPLAYNAME", "value": "A"},
        {"displayName": "A"},
    ),
    (
        "sub-attribute",
        {"op": "replace", "path": "name.familyName", "value": "Soto"},
        {"name": {"givenName": "Ana", "familyName": "Soto"}},
    ),
    (
        "complex keeps what is not named",
        {"op": "replace", "path": "name", "value": {"formatted": "Ana R"}},
        {"name": {"givenName": "Ana", "familyName": "Ruiz", "formatted": "Ana R"}},
    ),
    (
        "URN path",
        {"op": "add", "path": f"{ENTERPRISE}:department", "value": "Ops"},
        {ENTERPRISE: {"department": "Ops"}},
    ),
    (
        "whole extension",
        {"op": "add", "path": ENTERPRISE, "value": {"department": "Ops"}},
        {ENTERPRISE: {"department": "Ops"}},
    ),
    (
        "no path, dotted and URN keys",
        {
            "op": "replace",
            "value": {
                "displayName": "A",
                "name.givenName": "Anna",
                f"{ENTERPRISE}:department": "Ops",
                "externalId": "x-1",
            },
        },
        {
            "displayName": "A",
            "name": {"givenName": "Anna", "familyName": "Ruiz"},
            ENTERPRISE: {"department": "Ops"},
            "externalId": "x-1",
        },
    ),
    (
        "value path",
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "n@ex.org"},
        {"emails": [{**WORK, "value": "n@ex.org"}, HOME]},
    ),
    (
        "value path with a boolean",
        {"op": "replace", "path": "emails[primary eq true].value", "value": "n@ex.org"},
        {"emails": [{**WORK, "value": "n@ex.org"}, HOME]},
    ),
    (
        "add an element that is new",
        {
            "op": "add",
            "path": "emails",
            "value": [{"value": "third@ex.org", "type": "other"}],
        },
        {"emails": [WORK, HOME, {"value": "third@ex.org", "type": "other"}]},
    ),
    (
        "add an element that is there",
        {"op": "add", "path": "emails", "value": [HOME]},
        {},
    ),
    (
        "a new primary unsets the old one",
        {"op": "add", "path": 'emails[type eq "home"].primary', "value": True},
        {"emails": [{**WORK, "primary": False}, {**HOME, "primary": True}]},
    ),
    (
        "remove by value path",
        {"op": "remove", "path": 'emails[type eq "home"]'},
        {"emails": [WORK]},
    ),
    (
        "remove by value list removes those only",
        {"op": "remove", "path": "emails", "value": [{"value": "ana@ex.org"}]},
        {"emails": [HOME]},
    ),
    ("remove all", {"op": "remove", "path": "emails"}, {"emails": None}),
    ("remove simple", {"op": "remove", "path": "displayName"}, {"displayName": None}),
    (
        "empty text clears",
        {"op": "replace", "path": "displayName", "value": ""},
        {"displayName": None},
    ),
    (
        "null clears",
        {"op": "replace", "path": "displayName", "value": None},
        {"displayName": None},
    ),
    ("remove extension", {"op": "remove", "path": ENTERPRISE}, {ENTERPRISE: None}),
    (
        "same userName in other case",
        {"op": "replace", "path": "userName", "value": "ANA@EX.ORG"},
        {},
    ),
    ("not kept, noted", {"op": "replace", "path": "title", "value": "Boss"}, {}),
    (
        "manager, noted",
        {"op": "add", "path": f"{ENTERPRISE}:manager", "value": "2819"},
        {},
    ),
    ("disable", {"op": "replace", "value": {"active": False}}, {"active": False}),
]


@pytest.mark.parametrize(
    ("operation", "difference"),
    [case[1:] for case in CHANGES],
    ids=[case[0] for case in CHANGES],
)
def test_an_operation_changes_what_it_names_and_nothing_else(
    other: ScimClient, operation: dict[str, Any], difference: dict[str, Any]
) -> None:
    user = created(other)
    answer = patched(other, user, operation)
    assert answer.status_code == 200, answer.content
    wanted = {key: item for key, item in (content(user) | difference).items() if item is not None}
    assert content(answer.json()) == wanted
    assert content(other.get(f"/Users/{user['id']}").json()) == wanted


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "no match",
        {"op": "replace", "path": 'emails[type eq "x"].value', "value": "a"},
        "noTarget",
    ),
    ("remove without path", {"op": "remove"}, "noTarget"),
    (
        "unknown attribute",
        {"op": "replace", "path": "shoeSize", "value": 1},
        "invalidPath",
    ),
    (
        "broken path",
        {"op": "replace", "path": "emails[type eq", "value": 1},
        "invalidPath",
    ),
    (
        "filter on a single value",
        {"op": "remove", "path": 'name[formatted eq "x"]'},
        "invalidPath",
    ),
    (
        "userName",
        {"op": "replace", "path": "userName", "value": "bea@ex.org"},
        "mutability",
    ),
    ("remove userName", {"op": "remove", "path": "userName"}, "mutability"),
    ("read-only", {"op": "replace", "path": "id", "value": "1"}, "mutability"),
    (
        "wrong type",
        {"op": "replace", "path": "displayName", "value": {"a": 1}},
        "invalidValue",
    ),
    (
        "text boolean",
        {"op": "replace", "path": "active", "value": "False"},
        "invalidValue",
    ),
    ("NUL", {"op": "replace", "path": "displayName", "value": "a\0b"}, "invalidValue"),
    (
        "too long",
        {"op": "replace", "path": "displayName", "value": "x" * 257},
        "invalidValue",
    ),
    ("no value", {"op": "replace", "path": "displayName"}, "invalidValue"),
    (
        "unknown op",
        {"op": "move", "path": "displayName", "value": "x"},
        "invalidSyntax",
    ),
    ("value without path is no object", {"op": "add", "value": "x"}, "invalidValue"),
]


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_a_refused_operation_takes_the_whole_request_with_it(
    other: ScimClient, operation: dict[str, Any], scim_type: str
) -> None:
    user = created(other)
    first = {"op": "replace", "path": "name.givenName", "value": "Never"}
    answer = patched(other, user, first, operation)
    error = answer.json()
    assert (answer.status_code, error["status"], error["scimType"]) == (
        400,
        "400",
        scim_type,
    )
    assert error["detail"]
    assert other.get(f"/Users/{user['id']}").json() == user


PROFILES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "text boolean",
        {"op": "Replace", "path": "active", "value": "False"},
        {"okta": "invalidValue", "entra": {"active": False}},
    ),
    (
        "replace on a value path with no match",
        {"op": "Replace", "path": 'emails[type eq "other"].value', "value": "o@ex.org"},
        {
            "okta": "noTarget",
            "entra": {"emails": [WORK, HOME, {"type": "other", "value": "o@ex.org"}]},
        },
    ),
    (
        "unknown attribute in a path",
        {"op": "replace", "path": "shoeSize", "value": 44},
        {"okta": {}, "entra": {}},
    ),
    (
        "read-only attribute",
        {"op": "replace", "path": "id", "value": "1"},
        {"okta": {}, "entra": {}},
    ),
    (
        "JSON text as value",
        {"op": "replace", "value": '{"active":false}'},
        {"okta": "invalidValue", "entra": "invalidValue"},
    ),
]


@pytest.mark.parametrize("provider", ["okta", "entra"])
@pytest.mark.parametrize(
    ("operation", "outcomes"),
    [case[1:] for case in PROFILES],
    ids=[case[0] for case in PROFILES],
)
def test_each_profile_tolerates_what_its_idp_needs(
    connected: ConnectedClient,
    provider: str,
    operation: dict[str, Any],
    outcomes: dict[str, Any],
) -> None:
    client = connected(provider)
    user = created(client)
    answer, outcome = patched(client, user, operation), outcomes[provider]
    if isinstance(outcome, str):
        assert (answer.status_code, answer.json()["scimType"]) == (400, outcome)
    else:
        assert answer.status_code == 200, answer.content
        assert content(answer.json()) == content(user) | outcome


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("True", True),
        ("true", True),
        ("TRUE", True),
        ("False", False),
        ("false", False),
    ],
)
@pytest.mark.parametrize("shape", ["path", "no path", "put", "post"])
def test_entra_spells_booleans_as_texts_everywhere(
    entra: ScimClient, text: str, expected: bool, shape: str
) -> None:
    if shape == "post":
        assert created(entra, {**ANA, "active": text})["active"] is expected
        return
    user = created(entra)
    if shape == "put":
        answer = entra.put(f"/Users/{user['id']}", {**ANA, "active": text})
    elif shape == "path":
        answer = patched(entra, user, {"op": "Replace", "path": "active", "value": text})
    else:
        answer = patched(entra, user, {"op": "Replace", "value": {"active": text}})
    assert (answer.status_code, answer.json()["active"]) == (200, expected)


def test_empty_operations_are_a_no_op_for_entra_and_an_error_for_others(
    entra: ScimClient, other: ScimClient
) -> None:
    user = created(other)
    refused = patched(other, user)
    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidSyntax")
    assert patched(entra, user).status_code == 200


def test_an_edit_that_changes_nothing_keeps_the_version(other: ScimClient) -> None:
    user = created(other)
    answer = patched(
        other,
        user,
        {"op": "replace", "path": "displayName", "value": ANA["displayName"]},
    )
    assert answer.json() == user
