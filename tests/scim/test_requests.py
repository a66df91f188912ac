"""Hostile and broken requests: a SCIM Error with the right status, never a 5xx."""

import json
from typing import Any

import pytest

from scim_provisioning.directory.models import User
from scim_provisioning.settings.services import add_custom_attribute
from tests.scim.client import ScimClient
from tests.scim.conftest import operator

pytestmark = pytest.mark.django_db
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
NO_ID = "01a1fd08-5946-771b-81cb-898318798590"

BODIES: list[tuple[str, bytes, int, str]] = [
    ("empty", b"", 400, "invalidSyntax"),
    ("null", b"null", 400, "invalidSyntax"),
    ("list", b"[1]", 400, "invalidSyntax"),
    ("text", b'"x"', 400, "invalidSyntax"),
    ("number", b"1e400", 400, "invalidSyntax"),
    ("half", b'{"userName":', 400, "invalidSyntax"),
    ("bad UTF-8", b'{"userName":"\xff"}', 400, "invalidSyntax"),
    ("lone surrogate", b'{"userName":"\\ud800"}', 400, "invalidSyntax"),
    ("100,000 brackets", b"[" * 100_000, 400, "invalidSyntax"),
    ("too large", b" " * (1024 * 1024 + 1), 413, ""),
    ("NUL", b'{"userName":"a\\u0000b"}', 400, "invalidValue"),
    ("no userName", b"{}", 400, "invalidValue"),
    ("blank userName", b'{"userName":"  "}', 400, "invalidValue"),
    ("userName a number", b'{"userName":7}', 400, "invalidValue"),
    ("userName too long", json.dumps({"userName": "😀" * 257}).encode(), 400, "invalidValue"),
    ("emails a text", b'{"userName":"a","emails":"x"}', 400, "invalidValue"),
    ("emails of numbers", b'{"userName":"a","emails":[1]}', 400, "invalidValue"),
    ("name a text", b'{"userName":"a","name":"x"}', 400, "invalidValue"),
    ("active a text", b'{"userName":"a","active":"no"}', 400, "invalidValue"),
    (
        "two primary addresses",
        b'{"userName":"a","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}',
        400,
        "invalidValue",
    ),
    (
        "21 addresses",
        json.dumps({"userName": "a", "emails": [{"value": f"{n}@x"} for n in range(21)]}).encode(),
        400,
        "invalidValue",
    ),
    (
        "extension a list",
        b'{"userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":[]}',
        400,
        "invalidValue",
    ),
]


def raw(client: ScimClient, method: str, path: str, body: bytes) -> Any:
    """Return the answer to a request with any bytes as its body."""
    return client._client.generic(
        method,
        f"/scim/v2{path}",
        body,
        content_type="application/scim+json",
        headers={"Authorization": f"Bearer {client.secret}"},
    )


@pytest.mark.parametrize(
    ("body", "status", "scim_type"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES]
)
def test_a_body_that_makes_no_sense_gets_an_error(
    other: ScimClient, body: bytes, status: int, scim_type: str
) -> None:
    answer = raw(other, "POST", "/Users", body)
    error = answer.json()
    assert (answer.status_code, error["status"]) == (status, str(status))
    assert error["schemas"] == [ERROR]
    assert error.get("scimType", "") == scim_type
    assert error["detail"]
    assert not User.objects.exists()


@pytest.mark.parametrize("path", ["/Users", f"/Users/{NO_ID}", "/Groups", f"/Groups/{NO_ID}"])
@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"Operations":5}', b'{"members":{"a":1}}', b"x"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_no_method_on_any_address_breaks_it(
    other: ScimClient, method: str, path: str, body: bytes
) -> None:
    answer = raw(other, method, path, body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["schemas"] == [ERROR]


@pytest.mark.parametrize(
    "path",
    ["/Users/x", "/Users/' OR 1=1 --", "/Users/%00", "/Groups/..%2f", "/Schemas/urn:x", "/nothing"],
)
def test_what_is_not_there_is_404(other: ScimClient, path: str) -> None:
    answer = other.get(path)
    assert (answer.status_code, answer.json()["schemas"]) == (404, [ERROR])


@pytest.mark.parametrize(
    "query",
    [
        "startIndex=0&count=-1",
        "startIndex=99999999999999999999&count=99999999999999999999",
        "attributes=&excludedAttributes=,,",
        "attributes=userName,%00,emails.nothing,urn:x:y&filter=",
        "aadOptscim062020",
    ],
)
def test_queries_that_are_odd_but_harmless_work(other: ScimClient, query: str) -> None:
    assert other.get(f"/Users?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "scim_type"),
    [
        ("count=many", "invalidValue"),
        ("filter=userName", "invalidFilter"),
        ("filter=" + "(" * 1000, "invalidFilter"),
        ("filter=shoeSize eq 4", "invalidFilter"),
        ("sortBy=shoeSize", "invalidPath"),
        ("sortBy=userName&sortOrder=up", "invalidValue"),
        ("cursor=forged", "invalidCursor"),
    ],
)
def test_queries_that_make_no_sense_get_an_error(
    other: ScimClient, query: str, scim_type: str
) -> None:
    answer = other.get(f"/Users?{query}")
    assert (answer.status_code, answer.json()["scimType"]) == (400, scim_type)


def test_a_thousand_parameters_are_refused_before_anything_is_written(other: ScimClient) -> None:
    user = other.post("/Users", {"userName": "ana"}).json()
    query = "&".join(f"a{number}=1" for number in range(1001))
    patch = {"Operations": [{"op": "add", "path": "displayName", "value": "changed"}]}
    answers = [
        other.get(f"/Users?{query}"),
        other.get(f"/Schemas?{query}"),
        other.put(f"/Users/{user['id']}?{query}", {"userName": "ana", "displayName": "changed"}),
        other.patch(f"/Users/{user['id']}?{query}", patch),
        other.post(f"/Users?{query}", {"userName": "bob"}),
    ]
    assert {(answer.status_code, answer.json()["scimType"]) for answer in answers} == {
        (400, "tooMany")
    }
    assert [row.display_name for row in User.objects.all()] == [""]


def test_other_media_types_are_refused(other: ScimClient) -> None:
    answer = other.request("POST", "/Users", {}, {"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["status"]) == (415, "415")


def test_a_method_that_is_not_offered_names_those_that_are(other: ScimClient) -> None:
    answer = other.request("PUT", "/Users")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_head_has_the_headers_of_get_and_no_body(other: ScimClient) -> None:
    user = other.post("/Users", {"userName": "ana"}).json()
    answer = other.request("HEAD", f"/Users/{user['id']}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"] == user["meta"]["version"]


@pytest.mark.parametrize("path", ["/Me", "/Me/"])
def test_what_is_not_offered_says_so(other: ScimClient, path: str) -> None:
    answer = other.post(path, {})
    assert (answer.status_code, answer.json()["status"]) == (501, "501")


@pytest.mark.parametrize(
    "name",
    [
        "İstanbul",
        "straße",
        "e\u0301clair",
        "éclair",
        "שלום",
        "👩‍👩‍👧",
        "50% off_",
        "a'b\"c\\d",
        "{{7*7}}",
        "<b>",
        "robert'); DROP TABLE",
        "\u202eabc",
        " lead and trail ",
    ],
)
def test_texts_come_back_as_they_were_sent(other: ScimClient, name: str) -> None:
    sent = {"userName": name, "displayName": name, "emails": [{"value": name, "display": name}]}
    answer = other.post("/Users", sent)
    stored = other.get(f"/Users/{answer.json()['id']}").json()
    assert {key: stored[key] for key in sent} == sent
    listed = other.get("/Users?filter=" + f"displayName eq {json.dumps(name)}".replace("%", "%25"))
    assert [user["id"] for user in listed.json()["Resources"]] == [stored["id"]]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("7", "7"),
        ("1.50", "1.50"),
        ("-1e3", "-1e3"),
        ("98765432109876543210", "98765432109876543210"),
        ("true", "true"),
        ('"1.50"', "1.50"),
    ],
)
def test_a_custom_attribute_keeps_a_number_as_it_is_written(
    other: ScimClient, sent: str, stored: str
) -> None:
    add_custom_attribute(name="costCode", actor=operator())
    body = f'{{"userName":"a","{IVANTI}":{{"costCode":{sent}}}}}'
    answer = raw(other, "POST", "/Users", body.encode())
    assert (answer.status_code, answer.json()[IVANTI]) == (201, {"costCode": stored})


def test_names_that_differ_in_case_or_form_are_one_name(other: ScimClient) -> None:
    for first, second in [("Straße@x", "STRASSE@X"), ("é@x", "E\u0301@X")]:
        assert other.post("/Users", {"userName": first}).status_code == 201
        answer = other.post("/Users", {"userName": second})
        assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")


def test_an_external_id_is_never_an_identity_of_ours(other: ScimClient) -> None:
    first = other.post("/Users", {"userName": "a", "externalId": "1"}).json()
    second = other.post("/Users", {"userName": "b", "externalId": first["id"]}).json()
    assert other.get("/Users/1").status_code == 404
    assert other.get(f"/Users/{first['id']}").json()["userName"] == "a"
    assert second["id"] not in (first["id"], "1")
