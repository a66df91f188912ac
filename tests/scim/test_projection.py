"""``attributes`` and ``excludedAttributes`` on every verb (RFC 7644 section 3.9)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.scim.client import ScimClient

pytestmark = pytest.mark.django_db
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ANA: dict[str, Any] = {
    "userName": "ana",
    "name": {"givenName": "Ana", "familyName": "Ruiz"},
    "emails": [{"value": "a@x", "type": "work"}, {"value": "b@x"}],
    ENTERPRISE: {"department": "Ops"},
}

SHOWN: list[tuple[str, dict[str, Any]]] = [
    ("attributes=userName", {"userName": "ana"}),
    ("attributes=USERNAME,name.givenname", {"userName": "ana", "name": {"givenName": "Ana"}}),
    ("attributes=emails.type", {"emails": [{"type": "work"}]}),
    (f"attributes={CORE}:userName", {"userName": "ana"}),
    (f"attributes={ENTERPRISE}", {ENTERPRISE: {"department": "Ops"}}),
    (f"attributes={ENTERPRISE}:department", {ENTERPRISE: {"department": "Ops"}}),
    ("attributes=nothing", {}),
    ("attributes=id", {}),
    (
        f"excludedAttributes=meta,emails,active,id,name.familyName,{ENTERPRISE}",
        {"userName": "ana", "name": {"givenName": "Ana"}},
    ),
    ("attributes=userName,name&excludedAttributes=name", {"userName": "ana"}),
]


@pytest.mark.parametrize(("query", "shown"), SHOWN)
@pytest.mark.parametrize("verb", ["GET", "list", "search", "POST", "PUT", "PATCH"])
def test_an_answer_shows_what_was_asked_for(
    other: ScimClient, verb: str, query: str, shown: dict[str, Any]
) -> None:
    query = quote(query, safe="=&,:.")
    if verb == "POST":
        resource = other.post(f"/Users?{query}", ANA).json()
    else:
        path = f"/Users/{other.post('/Users', ANA).json()['id']}"
        change = {"Operations": [{"op": "replace", "path": "active", "value": True}]}
        requests: dict[str, Callable[[], Any]] = {
            "GET": lambda: other.get(f"{path}?{query}").json(),
            "list": lambda: other.get(f"/Users?{query}").json()["Resources"][0],
            "search": lambda: searched(other, query),
            "PUT": lambda: other.request("PUT", f"{path}?{query}", ANA).json(),
            "PATCH": lambda: other.request("PATCH", f"{path}?{query}", change).json(),
        }
        resource = requests[verb]()
    always = {key: resource.pop(key) for key in ("id", "schemas")}
    assert always["schemas"] == [CORE, *(key for key in shown if ":" in key)]
    assert resource == shown


def searched(client: ScimClient, query: str) -> dict[str, Any]:
    """Return the one result of a search whose projection is in the body."""
    body: dict[str, Any] = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
    for part in query.split("&"):
        name, _equals, value = part.partition("=")
        body[name] = value.split(",")
    return dict(client.post("/Users/.search", body).json()["Resources"][0])


def test_a_group_without_its_members(other: ScimClient) -> None:
    user = other.post("/Users", ANA).json()
    body = {"displayName": "Ops", "members": [{"value": user["id"]}]}
    group = other.post("/Groups", body).json()
    assert [member["value"] for member in group["members"]] == [user["id"]]
    for path in (f"/Groups/{group['id']}?excludedAttributes=members", "/Groups?attributes=id"):
        answer = other.get(path).json()
        assert "members" not in answer.get("Resources", [answer])[0]


def test_the_names_of_members_are_shown_on_request(other: ScimClient) -> None:
    user = other.post("/Users", ANA).json()
    body = {"displayName": "Ops", "members": [{"value": user["id"]}]}
    group = other.post("/Groups", body).json()
    answer = other.get(f"/Groups/{group['id']}?attributes=members.value,members.display").json()
    assert answer["members"] == [{"value": user["id"], "display": "ana"}]
