"""Requests that arrive at the same moment, each on a connection of its own."""

import json
from collections import Counter
from typing import Any

import pytest

from scim_provisioning.directory.models import Group, User
from tests.scim.client import Answer, ScimClient
from tests.scim.conftest import connect
from tests.services.parallel import in_parallel

pytestmark = pytest.mark.django_db(transaction=True)


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    """Return a PatchOp message."""
    return {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": list(operations),
    }


def at_once(secret: str, requests: list[tuple[str, str, Any]]) -> list[Answer]:
    """Return the answers to requests sent at the same moment, each by a client of its own."""

    def work(method: str, path: str, body: Any) -> Answer:
        return ScimClient(secret).request(method, path, body)

    outcomes = in_parallel([lambda one=one: work(*one) for one in requests])  # type: ignore[misc]
    answers = [one for one in outcomes if not isinstance(one, Exception)]
    assert len(answers) == len(requests), [one for one in outcomes if isinstance(one, Exception)]
    return answers


def statuses(answers: list[Answer]) -> Counter[int]:
    """Return how often each status came."""
    return Counter(answer.status_code for answer in answers)


def scim_types(answers: list[Answer], status: int) -> set[str | None]:
    """Return the scimTypes of the answers with a status."""
    return {
        json.loads(answer.content).get("scimType")
        for answer in answers
        if answer.status_code == status
    }


def in_other_letters(text: str, number: int) -> str:
    """Return the text with the letters in upper case that the number's bits choose."""
    return "".join(
        letter.upper() if number >> (position % 5) & 1 else letter
        for position, letter in enumerate(text)
    )


def test_32_creates_of_one_user_name() -> None:
    """One is created, whatever the letter case; the others learn that it is taken."""
    secret = connect("okta").secret
    names = [in_other_letters("zoë.straße@ex.org", number) for number in range(32)]
    assert len(set(names)) > 16
    answers = at_once(secret, [("POST", "/Users", {"userName": name}) for name in names])
    assert statuses(answers) == {201: 1, 409: 31}
    assert scim_types(answers, 409) == {"uniqueness"}
    assert User.objects.count() == 1


def test_32_creates_of_one_group_name() -> None:
    """The same for groups."""
    secret = connect("entra").secret
    names = [in_other_letters("sales team", number) for number in range(32)]
    answers = at_once(secret, [("POST", "/Groups", {"displayName": name}) for name in names])
    assert statuses(answers) == {201: 1, 409: 31}
    assert scim_types(answers, 409) == {"uniqueness"}
    assert Group.objects.count() == 1


@pytest.mark.parametrize("provider", ["okta", "entra"])
def test_16_patches_that_each_add_a_member(provider: str) -> None:
    """All sixteen are in, and the version counts each change."""
    client = connect(provider)
    ids = [
        client.post("/Users", {"userName": f"u{number}@ex.org"}).json()["id"]
        for number in range(16)
    ]
    group = client.post("/Groups", {"displayName": "All"}).json()["id"]
    additions = [{"op": "add", "path": "members", "value": [{"value": key}]} for key in ids]
    answers = at_once(
        client.secret, [("PATCH", f"/Groups/{group}", patch(one)) for one in additions]
    )
    assert statuses(answers) == {200 if provider == "okta" else 204: 16}
    shown = client.get(f"/Groups/{group}").json()
    assert {member["value"] for member in shown["members"]} == set(ids)
    assert shown["meta"]["version"] == 'W/"17"'


def test_patches_of_different_attributes_of_one_user() -> None:
    """No update is lost."""
    client = connect("okta")
    path = f"/Users/{client.post('/Users', {'userName': 'u@ex.org'}).json()['id']}"
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    values = {
        "displayName": "D",
        "name.givenName": "G",
        "name.familyName": "F",
        "name.formatted": "G F",
        "externalId": "x",
        "active": False,
        "emails": [{"value": "u@ex.org", "type": "work"}],
        f"{enterprise}:department": "Ops",
    }
    operations = [{"op": "replace", "path": key, "value": value} for key, value in values.items()]
    answers = at_once(client.secret, [("PATCH", path, patch(one)) for one in operations])
    assert statuses(answers) == {200: len(values)}
    shown = client.get(path).json()
    assert shown["name"] == {"givenName": "G", "familyName": "F", "formatted": "G F"}
    assert shown["active"] is False
    assert (shown["displayName"], shown["externalId"]) == ("D", "x")
    assert shown["emails"] == values["emails"]
    assert shown[enterprise] == {"department": "Ops"}
    assert shown["meta"]["version"] == f'W/"{len(values) + 1}"'


def test_if_match_lets_one_of_many_win() -> None:
    """Of sixteen PUTs with the same version, one is applied and fifteen get 412."""
    client = connect("okta")
    path = f"/Users/{client.post('/Users', {'userName': 'u@ex.org'}).json()['id']}"

    def work(number: int) -> Answer:
        body = {"userName": "u@ex.org", "displayName": f"Number {number}"}
        return ScimClient(client.secret).request("PUT", path, body, {"If-Match": 'W/"1"'})

    works = [lambda number=number: work(number) for number in range(16)]
    answers = [one for one in in_parallel(works) if not isinstance(one, Exception)]  # type: ignore[arg-type]
    assert statuses(answers) == {200: 1, 412: 15}


def test_members_join_and_leave_while_the_group_is_pushed_whole() -> None:
    """Contradictory pushes end in one of their outcomes, never in an error or a mixture."""
    client = connect("okta")
    ids = [
        client.post("/Users", {"userName": f"u{number}@ex.org"}).json()["id"] for number in range(8)
    ]
    group = client.post("/Groups", {"displayName": "All"}).json()["id"]
    halves = [ids[:4], ids[4:]]
    pushes = [
        {"op": "replace", "path": "members", "value": [{"value": key} for key in half]}
        for half in halves * 4
    ]
    answers = at_once(client.secret, [("PATCH", f"/Groups/{group}", patch(one)) for one in pushes])
    assert statuses(answers) == {200: 8}
    shown = client.get(f"/Groups/{group}").json()
    assert {member["value"] for member in shown["members"]} in [set(half) for half in halves]


def test_a_user_who_is_deleted_while_joining_groups() -> None:
    """No membership outlives its user, and nothing fails."""
    client = connect("entra")
    user = client.post("/Users", {"userName": "u@ex.org"}).json()["id"]
    groups = [
        client.post("/Groups", {"displayName": f"G{number}"}).json()["id"] for number in range(8)
    ]
    add = patch({"op": "Add", "path": "members", "value": [{"value": user}]})
    requests: list[tuple[str, str, Any]] = [("PATCH", f"/Groups/{key}", add) for key in groups]
    answers = at_once(
        client.secret, [*requests[:4], ("DELETE", f"/Users/{user}", None), *requests[4:]]
    )
    assert set(statuses(answers)) <= {204, 400}
    for key in groups:
        assert "members" not in client.get(f"/Groups/{key}").json()
