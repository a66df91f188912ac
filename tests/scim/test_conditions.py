"""Versions: ETag, If-Match and If-None-Match by weak comparison (RFC 7644 section 3.14)."""

from typing import Any

import pytest

from scim_provisioning.directory.models import User
from tests.scim.client import ScimClient

pytestmark = pytest.mark.django_db
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
def path(other: ScimClient) -> str:
    """Return the address of a user at version 1."""
    return f"/Users/{other.post('/Users', {'userName': 'ana'}).json()['id']}"


def change(client: ScimClient, method: str, path: str, **headers: str) -> Any:
    """Return the answer to a change that would give the user a display name, or delete it."""
    bodies = {
        "PUT": {"userName": "ana", "displayName": "Ana"},
        "PATCH": {
            "schemas": [PATCH_OP],
            "Operations": [{"op": "add", "path": "displayName", "value": "Ana"}],
        },
    }
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request(method, path, bodies.get(method), sent)


def test_the_version_is_in_the_body_and_in_the_header(other: ScimClient, path: str) -> None:
    answer = other.get(path)
    assert answer["ETag"] == answer.json()["meta"]["version"] == 'W/"1"'
    assert change(other, "PUT", path)["ETag"] == 'W/"2"'


@pytest.mark.parametrize("tag", ['W/"1"', '"1"', "*", 'W/"7", "1"'])
def test_an_unchanged_resource_is_not_sent_again(other: ScimClient, path: str, tag: str) -> None:
    answer = other.request("GET", path, None, {"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["ETag"] == 'W/"1"'


@pytest.mark.parametrize("tag", ['W/"2"', '"x"', "1", ""])
def test_another_version_is_sent(other: ScimClient, path: str, tag: str) -> None:
    assert other.request("GET", path, None, {"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"If_Match": 'W/"1"'}, True),
        ({"If_Match": '"1"'}, True),
        ({"If_Match": "*"}, True),
        ({"If_Match": 'W/"2"'}, False),
        ({"If_Match": "nonsense"}, False),
        ({"If_None_Match": 'W/"2"'}, True),
        ({"If_None_Match": 'W/"1"'}, False),
        ({"If_None_Match": "*"}, False),
    ],
)
def test_a_change_happens_on_its_condition_only(
    other: ScimClient, path: str, method: str, headers: dict[str, str], passes: bool
) -> None:
    answer = change(other, method, path, **headers)
    assert answer.status_code == ((204 if method == "DELETE" else 200) if passes else 412)
    if not passes:
        assert answer.json()["status"] == "412"
        assert (User.objects.get().version, User.objects.get().display_name) == (1, "")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_is_not_there_matches_no_condition(other: ScimClient, method: str) -> None:
    path = "/Users/01a1fd08-5946-771b-81cb-898318798590"
    assert change(other, method, path, If_Match="*").status_code == 404
