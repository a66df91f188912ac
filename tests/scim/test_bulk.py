"""Bulk: what each operation of a job does, and what it leaves to the others (RFC 7644 3.7)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from scim_provisioning.directory.models import Group, User
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.scim.bulk_users import CHUNK
from scim_provisioning.settings.services import set_auto_invite
from tests.scim.client import ScimClient
from tests.scim.conftest import operator
from tests.scim.test_statement_budgets import TRANSACTION_CONTROL

pytestmark = pytest.mark.django_db

REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
NO_ID = "01a1fd08-5946-771b-81cb-898318798590"


def job(*operations: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return a BulkRequest."""
    return {"schemas": [REQUEST], "Operations": list(operations), **members}


def new_user(bulk_id: str, **attributes: Any) -> dict[str, Any]:
    """Return the operation that creates a user named after its bulkId."""
    data = {"userName": bulk_id, **attributes}
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data}


def new_group(bulk_id: str, *members: str) -> dict[str, Any]:
    """Return the operation that creates a group of members."""
    data = {"displayName": bulk_id, "members": [{"value": member} for member in members]}
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data}


def run(client: ScimClient, *operations: dict[str, Any], **members: Any) -> list[dict[str, Any]]:
    """Return the outcomes of a job."""
    answer = client.post("/Bulk", job(*operations, **members))
    assert (answer.status_code, answer.json()["schemas"]) == (200, [RESPONSE])
    found: list[dict[str, Any]] = answer.json()["Operations"]
    return found


def statuses(outcomes: list[dict[str, Any]]) -> list[str]:
    """Return the statuses of some outcomes."""
    return [outcome["status"] for outcome in outcomes]


def test_every_method_with_its_version_and_location(other: ScimClient) -> None:
    """The outcomes say what the same requests alone would."""
    user = other.post("/Users", {"userName": "ana"}).json()
    gone = other.post("/Users", {"userName": "bob"}).json()
    base, here, there = other.base, f"/Users/{user['id']}", f"/Users/{gone['id']}"
    replace = [{"op": "replace", "path": "displayName", "value": "Ana"}]
    outcomes = run(
        other,
        new_user("carl"),
        {"method": "PUT", "path": here, "data": {"userName": "ana", "externalId": "x"}},
        {
            "method": "patch",
            "path": here,
            "version": 'W/"2"',
            "data": {"schemas": [PATCH], "Operations": replace},
        },
        {"method": "DELETE", "path": there},
    )
    carl = User.objects.get(user_name="carl")
    assert outcomes == [
        {
            "method": "POST",
            "bulkId": "carl",
            "version": 'W/"1"',
            "location": f"{base}/Users/{carl.id}",
            "status": "201",
        },
        {"method": "PUT", "location": base + here, "version": 'W/"2"', "status": "200"},
        {"method": "PATCH", "location": base + here, "version": 'W/"3"', "status": "200"},
        {"method": "DELETE", "location": base + there, "status": "204"},
    ]
    stored = other.get(here).json()
    assert (stored["externalId"], stored["displayName"]) == ("x", "Ana")
    assert other.get(there).status_code == 404


def test_references_are_resolved_wherever_they_stand(other: ScimClient) -> None:
    """Before or after the creation, in members, in a value path, in the path itself."""
    remove = [{"op": "remove", "path": 'members[value eq "bulkId:bob"]'}]
    outcomes = run(
        other,
        new_group("Sales", "bulkId:ana", "bulkId:bob"),
        new_user("ana"),
        new_user("bob"),
        {
            "method": "PATCH",
            "path": "/Groups/bulkId:Sales",
            "data": {"schemas": [PATCH], "Operations": remove},
        },
    )
    assert statuses(outcomes) == ["201", "201", "201", "200"]
    assert [outcome.get("bulkId") for outcome in outcomes] == ["Sales", "ana", "bob", None]
    (group,) = Group.objects.all()
    names = list(group.memberships.values_list("user__user_name", flat=True))
    assert (group.display_name, names) == ("Sales", ["ana"])


def test_a_text_that_looks_like_a_reference_stays_a_text(other: ScimClient) -> None:
    outcomes = run(other, new_user("ana", displayName="bulkId:ana"), new_user("bob"))
    assert statuses(outcomes) == ["201", "201"]
    assert User.objects.get(user_name="ana").display_name == "bulkId:ana"


def test_a_circle_through_what_is_not_kept_is_no_circle(other: ScimClient) -> None:
    """A user's groups are read-only and managers are not kept: nothing waits for them."""
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    outcomes = run(
        other,
        new_user("ana", groups=[{"value": "bulkId:Sales"}]),
        new_user("bob", **{enterprise: {"manager": {"value": "bulkId:carl"}}}),
        new_user("carl", **{enterprise: {"manager": {"value": "bulkId:bob"}}}),
        new_group("Sales", "bulkId:ana"),
    )
    assert statuses(outcomes) == ["201"] * 4


def test_what_a_failed_operation_was_to_create_cannot_be_referred_to(other: ScimClient) -> None:
    """Groups in each other are a circle: 409 (RFC 7644 3.7.1); nothing of them is left."""
    other.post("/Users", {"userName": "ana"})
    outcomes = run(
        other,
        new_user("ana"),
        new_group("Sales", "bulkId:ana"),
        new_group("A", "bulkId:B"),
        new_group("B", "bulkId:A"),
        new_group("Nobody", "bulkId:nobody"),
        {"method": "DELETE", "path": "/Users/bulkId:nobody"},
    )
    assert statuses(outcomes) == ["409", "409", "409", "409", "400", "404"]
    assert outcomes[0]["response"]["scimType"] == "uniqueness"
    assert "bulkId:nobody" in outcomes[4]["response"]["detail"]
    assert not Group.objects.exists()


REFUSED: list[tuple[dict[str, Any], str, str | None]] = [
    ({"method": "GET", "path": "/Users"}, "400", "invalidSyntax"),
    ({"path": "/Users"}, "400", "invalidSyntax"),
    ({"method": "POST", "data": {"userName": "a"}, "bulkId": "q"}, "404", None),
    ({"method": "POST", "path": "/Me", "data": {}, "bulkId": "q"}, "404", None),
    ({"method": "POST", "path": "/Users", "data": {"userName": "a"}}, "400", "invalidValue"),
    ({"method": "POST", "path": "/Users", "bulkId": "q"}, "400", "invalidValue"),
    ({"method": "POST", "path": "/Users", "bulkId": "q", "data": []}, "400", "invalidValue"),
    ({"method": "POST", "path": "/Users", "bulkId": "q", "data": {}}, "400", "invalidValue"),
    ({"method": "POST", "path": f"/Users/{NO_ID}", "bulkId": "q", "data": {}}, "405", None),
    ({"method": "DELETE", "path": "/Users"}, "405", None),
    ({"method": "DELETE", "path": "/Users/x"}, "404", None),
    ({"method": "DELETE", "path": f"/Groups/{NO_ID}"}, "404", None),
    ({"method": "PATCH", "path": f"/Users/{NO_ID}", "data": {}}, "400", "invalidSyntax"),
]


@pytest.mark.parametrize(("operation", "status", "scim_type"), REFUSED)
def test_a_refused_operation_says_why_and_harms_no_other(
    other: ScimClient, operation: dict[str, Any], status: str, scim_type: str | None
) -> None:
    outcomes = run(other, operation, new_user("zoe"))
    assert statuses(outcomes) == [status, "201"]
    error = outcomes[0]["response"]
    assert (error["schemas"], error["status"], error.get("scimType")) == (
        [ERROR],
        status,
        scim_type,
    )
    assert error["detail"]
    assert ("location" in outcomes[0]) is (outcomes[0]["method"] != "POST")
    assert list(User.objects.values_list("user_name", flat=True)) == ["zoe"]


def test_a_version_that_has_passed_is_412(other: ScimClient) -> None:
    user = other.post("/Users", {"userName": "ana"}).json()
    path = f"/Users/{user['id']}"
    outcomes = run(other, {"method": "DELETE", "path": path, "version": 'W/"9"'})
    assert statuses(outcomes) == ["412"]
    assert other.get(path).status_code == 200


def test_one_bad_user_among_many_is_refused_alone(other: ScimClient) -> None:
    """Taken before, taken within the job, malformed: the others are created, each audited."""
    other.post("/Users", {"userName": "TAKEN"})
    operations = [new_user(f"user{number}") for number in range(6)]
    operations[1]["data"]["userName"] = "taken"
    operations[3]["data"]["userName"] = "USER2"
    operations[4]["data"]["emails"] = "x"
    operations.append({**new_user("user9"), "bulkId": "user0"})
    outcomes = run(other, *operations)
    assert statuses(outcomes) == ["201", "409", "201", "409", "400", "201", "400"]
    names = list(User.objects.values_list("user_name", flat=True))
    assert names == ["TAKEN", "user0", "user2", "user5"]
    created = Event.objects.filter(event="user.created").order_by("id")
    assert list(created.values_list("subject_name", flat=True)) == names


@pytest.mark.parametrize(("limit", "done"), [(None, 7), (0, 2), (1, 2), (2, 4), (9, 7)])
def test_fail_on_errors_ends_the_job(other: ScimClient, limit: int | None, done: int) -> None:
    """What comes after the last error that is accepted is neither carried out nor listed."""
    operations = [new_user(f"user{number}") for number in range(5)]
    operations[1]["data"]["userName"] = operations[3]["data"]["userName"] = ""
    operations += [{"method": "DELETE", "path": f"/Users/{NO_ID}"}, new_group("Sales")]
    outcomes = run(other, *operations, failOnErrors=limit)
    expected = ["201", "400", "201", "400", "201", "404", "201"]
    assert statuses(outcomes) == expected[:done]
    assert User.objects.count() == expected[: min(done, 5)].count("201")
    assert Group.objects.exists() is (done == 7)


@pytest.mark.parametrize(
    ("body", "status", "scim_type"),
    [
        ({}, 400, "invalidSyntax"),
        ({"schemas": [PATCH], "Operations": []}, 400, "invalidSyntax"),
        ({"schemas": [REQUEST]}, 400, "invalidSyntax"),
        ({"schemas": [REQUEST], "Operations": {}}, 400, "invalidSyntax"),
        ({"schemas": [REQUEST], "Operations": [1]}, 400, "invalidSyntax"),
        (job(failOnErrors="many"), 400, "invalidValue"),
        (job(failOnErrors=-1), 400, "invalidValue"),
        (job(*[new_user(f"u{number}") for number in range(1001)]), 413, None),
    ],
)
def test_a_job_that_makes_no_sense_is_refused_whole(
    other: ScimClient, body: dict[str, Any], status: int, scim_type: str | None
) -> None:
    answer = other.post("/Bulk", body)
    assert (answer.status_code, answer.json().get("scimType")) == (status, scim_type)
    assert not User.objects.exists()


def test_a_job_may_be_larger_than_other_bodies_and_is_limited_too(other: ScimClient) -> None:
    fits = [
        new_user(f"u{number}", displayName="x" * 250, title="y" * 4000) for number in range(999)
    ]
    assert set(statuses(run(other, *fits))) == {"201"}
    answer = other.post("/Bulk", job(new_user("big", title="y" * 5 * 1024 * 1024)))
    assert (answer.status_code, answer.json()["status"]) == (413, "413")


def test_the_limits_are_announced(other: ScimClient) -> None:
    assert other.get("/ServiceProviderConfig").json()["bulk"] == {
        "supported": True,
        "maxOperations": 1000,
        "maxPayloadSize": 5 * 1024 * 1024,
    }


def test_an_empty_job_is_done_at_once(other: ScimClient) -> None:
    assert run(other) == []


def is_work(sql: str) -> bool:
    """Tell whether a statement is of the job itself: processes look at their caches each second."""
    looks = 'FROM "tokens_' in sql or 'FROM "provisioning_settings_' in sql
    return not looks and not sql.startswith(TRANSACTION_CONTROL)


@pytest.mark.parametrize("invites", [False, True])
def test_statements_grow_with_the_chunks_only(okta: ScimClient, invites: bool) -> None:
    """1,000 users in two chunks take no more statements than 20 users take in two jobs."""
    if invites:
        set_auto_invite(provider="okta", enabled=True, actor=operator())
    okta.get("/Users?count=0")
    counts = {}
    for size in (10, 1000):
        operations = [
            new_user(f"{size}-{number}", emails=[{"value": f"{number}@ex.org"}])
            for number in range(size)
        ]
        with CaptureQueriesContext(connection) as captured:
            assert set(statuses(run(okta, *operations))) == {"201"}
        counts[size] = len([query for query in captured.captured_queries if is_work(query["sql"])])
    assert counts[1000] <= counts[10] * (1000 // CHUNK)
    assert counts[10] <= 4
    assert Invitation.objects.count() == (1010 if invites else 0)
