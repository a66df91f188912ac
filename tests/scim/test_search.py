"""POST .search: a list whose query is in the body (RFC 7644 section 3.4.3)."""

from typing import Any

import pytest

from tests.scim.client import ScimClient

pytestmark = pytest.mark.django_db
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.fixture
def client(other: ScimClient) -> ScimClient:
    """Return a client of a directory of three users and two groups."""
    ids = [
        other.post("/Users", {"userName": name, "displayName": name.title()}).json()["id"]
        for name in ("ana", "bob", "carl")
    ]
    other.post("/Groups", {"displayName": "Ana's", "members": [{"value": ids[0]}]})
    other.post("/Groups", {"displayName": "Bob's"})
    return other


def search(client: ScimClient, where: str = "", **query: Any) -> Any:
    """Return the answer to a search."""
    return client.post(f"{where}/.search", {"schemas": [SEARCH], **query})


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"filter": 'userName sw "a"'},
        {"sortBy": "userName", "sortOrder": "descending", "count": 2},
        {"startIndex": 2, "count": 1, "attributes": ["userName"]},
        {"excludedAttributes": ["meta", "displayName"]},
        {"filter": "active eq true", "attributes": ["name", "meta.created"], "count": 0},
    ],
)
def test_a_search_answers_what_a_get_answers(client: ScimClient, query: dict[str, Any]) -> None:
    texts = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in query.items()
    }
    listed = client._client.get(
        "/scim/v2/Users", texts, headers={"Authorization": f"Bearer {client.secret}"}
    )
    found = search(client, "/Users", **query)
    assert (found.status_code, found.json()) == (200, listed.json())


def test_users_come_before_groups(client: ScimClient) -> None:
    found = search(client).json()
    assert found["totalResults"] == found["itemsPerPage"] == 5
    kinds = [one["meta"]["resourceType"] for one in found["Resources"]]
    assert kinds == ["User"] * 3 + ["Group"] * 2


def test_a_page_may_begin_in_one_type_and_end_in_the_other(client: ScimClient) -> None:
    found = search(client, startIndex=3, count=2, attributes=["displayName"]).json()
    assert (found["startIndex"], found["itemsPerPage"], found["totalResults"]) == (3, 2, 5)
    assert [one["displayName"] for one in found["Resources"]] == ["Carl", "Ana's"]


def test_a_filter_selects_in_the_types_that_know_it(client: ScimClient) -> None:
    both = search(client, filter='displayName sw "a"').json()["Resources"]
    assert [one["displayName"] for one in both] == ["Ana", "Ana's"]
    users = search(client, filter='userName eq "bob"').json()["Resources"]
    assert [one["userName"] for one in users] == ["bob"]
    groups = search(client, filter='meta.resourceType eq "Group"').json()
    assert groups["totalResults"] == 2


@pytest.mark.parametrize("where", ["", "/Users", "/Groups"])
@pytest.mark.parametrize(
    ("query", "status", "scim_type"),
    [
        ({"filter": "shoeSize eq 1"}, 400, "invalidFilter"),
        ({"filter": 7}, 400, "invalidFilter"),
        ({"count": "many"}, 400, "invalidValue"),
        ({"schemas": ["urn:x"]}, 400, "invalidSyntax"),
        ({"sortBy": "shoeSize"}, 400, "invalidPath"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(
    client: ScimClient, where: str, query: dict[str, Any], status: int, scim_type: str
) -> None:
    answer = search(client, where, **query)
    assert (answer.status_code, answer.json()["scimType"]) == (status, scim_type)
