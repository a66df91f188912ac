"""Members of a group: set operations, idempotent, and never more than was asked for."""

from typing import Any
from uuid import UUID

import pytest

from tests.scim.client import ScimClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(other: ScimClient) -> list[str]:
    """Return the ids of three users."""
    answers = [other.post("/Users", {"userName": f"{name}@ex.org"}) for name in ("a", "B", "ç")]
    return [answer.json()["id"] for answer in answers]


@pytest.fixture
def group(other: ScimClient, people: list[str]) -> str:
    """Return the id of a group of all three."""
    members = [{"value": user_id} for user_id in people]
    return str(other.post("/Groups", {"displayName": "Sales", "members": members}).json()["id"])


def members_after(client: ScimClient, group: str, *operations: Any) -> set[str]:
    """Return the ids of the members after a PATCH that succeeds."""
    answer = client.patch(f"/Groups/{group}", {"Operations": list(operations)})
    assert answer.status_code in (200, 204), answer.content
    stored = client.get(f"/Groups/{group}").json()
    return {member["value"] for member in stored.get("members", [])}


@pytest.mark.parametrize("shape", ["object", "object with $ref", "text", "single object", "filter"])
def test_remove_takes_away_those_who_are_named_and_no_one_else(
    entra: ScimClient, people: list[str], group: str, shape: str
) -> None:
    leaving, *staying = people
    operation: dict[str, Any] = {"op": "Remove", "path": "members"}
    values: dict[str, Any] = {
        "object": [{"value": leaving}],
        "object with $ref": [{"$ref": None, "value": leaving}],
        "text": [leaving],
        "single object": {"value": leaving},
    }
    if shape == "filter":
        operation["path"] = f'members[value eq "{leaving}"]'
    else:
        operation["value"] = values[shape]
    assert members_after(entra, group, operation) == set(staying)


def test_remove_without_a_value_empties_the_group(other: ScimClient, group: str) -> None:
    assert members_after(other, group, {"op": "remove", "path": "members"}) == set()


@pytest.mark.parametrize("part", ["display", "type", "$ref"])
@pytest.mark.parametrize("verb", ["add", "replace", "remove"])
@pytest.mark.parametrize("chosen", [False, True])
def test_what_a_member_only_shows_cannot_be_changed(
    other: ScimClient,
    entra: ScimClient,
    people: list[str],
    group: str,
    part: str,
    verb: str,
    chosen: bool,
) -> None:
    where = f'[value eq "{people[0]}"]' if chosen else ""
    operation = {"op": verb, "path": f"members{where}.{part}"}
    if verb != "remove":
        operation["value"] = people[1]
    answer = other.patch(f"/Groups/{group}", {"Operations": [operation]})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "mutability")
    assert members_after(entra, group, operation) == set(people)


def test_remove_with_an_empty_list_removes_no_one(
    other: ScimClient, people: list[str], group: str
) -> None:
    operation = {"op": "remove", "path": "members", "value": []}
    assert members_after(other, group, operation) == set(people)


def test_replace_with_an_empty_list_empties_the_group(other: ScimClient, group: str) -> None:
    assert members_after(other, group, {"op": "replace", "path": "members", "value": []}) == set()


def test_operations_work_one_after_the_other(
    other: ScimClient, people: list[str], group: str
) -> None:
    first, second, third = people
    operations = [
        {"op": "remove", "path": f'members[value eq "{first}"]'},
        {
            "op": "replace",
            "path": "members",
            "value": [{"value": first}, {"value": second}],
        },
        {"op": "add", "path": "members", "value": [{"value": third}]},
        {"op": "remove", "path": "members", "value": [{"value": second}]},
    ]
    assert members_after(other, group, *operations) == {first, third}


def test_adding_a_member_and_removing_a_stranger_succeed(
    other: ScimClient, people: list[str], group: str
) -> None:
    operations = [
        {"op": "add", "path": "members", "value": [{"value": people[0]}]},
        {
            "op": "remove",
            "path": 'members[value eq "01a1fd08-5946-771b-81cb-898318798590"]',
        },
        {"op": "remove", "path": 'members[value eq "no id of ours"]'},
    ]
    assert members_after(other, group, *operations) == set(people)


def test_a_value_path_may_compare_more_than_the_value(
    other: ScimClient, people: list[str], group: str
) -> None:
    operation = {"op": "remove", "path": 'members[display sw "b@" and type eq "User"]'}
    assert members_after(other, group, operation) == {people[0], people[2]}


@pytest.mark.parametrize("unknown", ["01a1fd08-5946-771b-81cb-898318798590", "string id 1", "7"])
def test_an_unknown_member_takes_the_whole_request_with_it(
    other: ScimClient, people: list[str], group: str, unknown: str
) -> None:
    before = other.get(f"/Groups/{group}").json()
    operations = [
        {"op": "replace", "path": "displayName", "value": "Never"},
        {"op": "remove", "path": "members"},
        {
            "op": "add",
            "path": "members",
            "value": [{"value": people[0]}, {"value": unknown}],
        },
    ]
    answer = other.patch(f"/Groups/{group}", {"Operations": operations})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert unknown in answer.json()["detail"]
    assert other.get(f"/Groups/{group}").json() == before


@pytest.mark.parametrize("reason", ["version", "name", "unknown", "value"])
def test_who_should_join_by_a_refused_patch_does_not(
    other: ScimClient, people: list[str], reason: str
) -> None:
    other.post("/Groups", {"displayName": "Taken"})
    path = f"/Groups/{other.post('/Groups', {'displayName': 'Sales'}).json()['id']}"
    before = other.get(path).json()
    joining = [{"value": key} for key in people]
    refused: dict[str, tuple[int, list[Any]]] = {
        "version": (412, []),
        "name": (409, [{"op": "replace", "path": "displayName", "value": "Taken"}]),
        "unknown": (400, [{"op": "add", "path": "members", "value": [str(UUID(int=7))]}]),
        "value": (400, [{"op": "add", "path": "members", "value": [{"display": "Ana"}]}]),
    }
    status, others = refused[reason]
    operations = [{"op": "add", "path": "members", "value": joining}, *others]
    condition = {"If-Match": 'W/"9"'} if reason == "version" else {}
    answer = other.request("PATCH", path, {"Operations": operations}, condition)
    assert answer.status_code == status, answer.content
    assert other.get(path).json() == before
    assert members_after(other, path.removeprefix("/Groups/"), operations[0]) == set(people)


def test_nobody_joins_a_group_that_is_not_there(other: ScimClient, people: list[str]) -> None:
    operation = {"op": "add", "path": "members", "value": [{"value": people[0]}]}
    answer = other.patch(f"/Groups/{UUID(int=7)}", {"Operations": [operation]})
    assert answer.status_code == 404


def test_a_group_cannot_be_a_member(other: ScimClient, group: str) -> None:
    answer = other.post("/Groups", {"displayName": "Outer", "members": [{"value": group}]})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert "cannot be members of groups" in answer.json()["detail"]


def test_a_deprovisioned_user_leaves_the_group_and_cannot_come_back(
    other: ScimClient, people: list[str], group: str
) -> None:
    assert other.delete(f"/Users/{people[0]}").status_code == 204
    stored = other.get(f"/Groups/{group}").json()
    assert {member["value"] for member in stored["members"]} == set(people[1:])
    operation = {"op": "add", "path": "members", "value": [{"value": people[0]}]}
    answer = other.patch(f"/Groups/{group}", {"Operations": [operation]})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")


def test_deleting_a_group_leaves_its_members_as_they_are(
    other: ScimClient, people: list[str], group: str
) -> None:
    assert other.delete(f"/Groups/{group}").status_code == 204
    for user_id in people:
        user = other.get(f"/Users/{user_id}").json()
        assert user["active"] is True
        assert "groups" not in user
