"""Requests that arrive at the same moment, each on a connection of its own."""

import json
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from scim_provisioning.directory.models import Group, Membership, User
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


def test_changes_of_a_user_who_is_deleted_meanwhile() -> None:
    """Before the DELETE they are applied, after it they are 404; nobody comes back to life."""
    client = connect("okta")
    path = f"/Users/{client.post('/Users', {'userName': 'u@ex.org'}).json()['id']}"
    on = patch({"op": "replace", "path": "active", "value": True})
    whole = {"userName": "u@ex.org", "displayName": "U", "active": True}
    changes: list[tuple[str, str, Any]] = [("PATCH", path, on), ("PUT", path, whole)]
    answers = at_once(client.secret, [*changes * 4, ("DELETE", path, None), *changes * 4])
    counted = statuses(answers)
    assert counted[204] == 1
    assert counted[200] + counted[404] == 16
    assert client.get(path).status_code == 404
    row = User.objects.get()
    assert (row.status, row.active) == ("deprovisioned", False)
    assert client.post("/Users", {"userName": "U@ex.org"}).status_code == 201


def test_put_against_patch_ends_in_one_order_or_the_other() -> None:
    """A PUT clears what it leaves out: the PATCH is in the outcome when it came last only."""
    client = connect("okta")
    for number in range(6):
        name = f"u{number}@ex.org"
        path = f"/Users/{client.post('/Users', {'userName': name}).json()['id']}"
        change = patch({"op": "add", "path": "externalId", "value": "x"})
        answers = at_once(
            client.secret,
            [("PUT", path, {"userName": name, "displayName": "U"}), ("PATCH", path, change)],
        )
        assert statuses(answers) == {200: 2}
        shown = client.get(path).json()
        assert shown["displayName"] == "U"
        assert shown.get("externalId") in (None, "x")
        assert shown["meta"]["version"] == 'W/"3"'


def test_a_group_that_is_deleted_while_members_join() -> None:
    """No membership outlives its group, and nothing fails."""
    client = connect("okta")
    user = client.post("/Users", {"userName": "u@ex.org"}).json()["id"]
    path = f"/Groups/{client.post('/Groups', {'displayName': 'All'}).json()['id']}"
    add = patch({"op": "add", "path": "members", "value": [{"value": user}]})
    joins: list[tuple[str, str, Any]] = [("PATCH", path, add)] * 4
    answers = at_once(client.secret, [*joins, ("DELETE", path, None), *joins])
    counted = statuses(answers)
    assert counted[204] == 1
    assert counted[200] + counted[404] == 8
    assert not Membership.objects.exists()
    assert "groups" not in client.get(f"/Users/{user}").json()


def test_bulk_jobs_that_create_the_same_users() -> None:
    """Each user is created once; the other jobs learn that the name is taken."""
    client = connect("okta")
    schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": name, "data": {"userName": name}}
        for name in (f"u{number}@ex.org" for number in range(50))
    ]
    jobs = [
        {
            "schemas": schemas,
            "Operations": (operations[turn:] + operations[:turn])[:: 1 - turn % 2 * 2],
        }
        for turn in range(6)
    ]
    answers = at_once(client.secret, [("POST", "/Bulk", job) for job in jobs])
    outcomes = [one for answer in answers for one in json.loads(answer.content)["Operations"]]
    assert Counter(one["status"] for one in outcomes) == {"201": 50, "409": 250}
    assert User.objects.count() == 50


def test_two_groups_that_exchange_all_their_members() -> None:
    """Locks are taken in one order: no deadlock reaches a client."""
    client = connect("okta")
    ids = [
        client.post("/Users", {"userName": f"u{number}@ex.org"}).json()["id"]
        for number in range(20)
    ]
    groups = [client.post("/Groups", {"displayName": name}).json()["id"] for name in "AB"]
    orders = [ids, ids[::-1]]
    pushes: list[tuple[str, str, Any]] = [
        (
            "PUT",
            f"/Groups/{groups[turn % 2]}",
            {
                "displayName": "AB"[turn % 2],
                "members": [{"value": key} for key in orders[turn // 2 % 2]],
            },
        )
        for turn in range(16)
    ]
    leaves: list[tuple[str, str, Any]] = [("DELETE", f"/Users/{key}", None) for key in ids[:4]]
    counted = statuses(at_once(client.secret, [*pushes[:8], *leaves, *pushes[8:]]))
    assert set(counted) <= {200, 204, 400}
    assert counted[204] == 4
    gone = {UUID(key) for key in ids[:4]}
    assert not Membership.objects.filter(user_id__in=gone).exists()
