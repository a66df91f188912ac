"""The request log: each request one line, whatever becomes of it; nothing ignored in silence."""

import json
from typing import Any

import pytest

from audit.models import Event
from scim_provisioning.activity import recorder
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.activity.reasons import (
    READ_ONLY,
    UNKEPT,
    UNKNOWN,
    UNKNOWN_SCHEMA,
    UNREGISTERED,
)
from scim_provisioning.scim.masking import MASK
from scim_provisioning.settings.services import add_custom_attribute
from scim_provisioning.tokens import services
from scim_provisioning.tokens.models import ScimToken
from tests.scim.client import ScimClient
from tests.scim.conftest import operator

pytestmark = pytest.mark.django_db
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def logged() -> list[ScimRequest]:
    """Return what the log holds, oldest first."""
    recorder.flush()
    return list(ScimRequest.objects.order_by("id"))


def body(text: str) -> Any:
    """Return a body of the log."""
    return json.loads(text)


def last() -> ScimRequest:
    """Return the newest line of the log."""
    return logged()[-1]


def test_a_create_from_request_to_trail(entra: ScimClient) -> None:
    """The line says who asked what, what was answered, what was dropped and why."""
    add_custom_attribute(name="costCode", actor=operator())
    answer = entra.post(
        "/Users?attributes=userName&access_token=x",
        {
            "id": "echo",
            "userName": "ana@ex.org",
            "password": "s3cret",
            "roles": [],
            "shoeSize": 41,
            "name": {"givenName": "Ana", "middleName": "M"},
            "emails": [{"value": "ana@ex.org", "colour": "red"}],
            ENTERPRISE: {"department": "Ops", "manager": None, "costCenter": "7"},
            IVANTI: {"costCode": "C-1", "badgePin": "0000"},
        },
    )
    entry = last()
    token = ScimToken.objects.get()
    assert (entry.provider, entry.token_id, entry.token_name) == (
        "entra",
        str(token.id),
        token.prefix,
    )
    assert (entry.method, entry.resource, entry.status) == ("POST", "User", 201)
    assert entry.path == f"/Users?attributes=userName&access_token={MASK}"
    assert entry.resource_id == answer.json()["id"]
    assert entry.address == "127.0.0.1"
    assert 0 < entry.duration_us < 5_000_000
    assert entry.ignored == {
        "id": READ_ONLY,
        "password": UNKEPT,
        "shoeSize": UNKNOWN,
        "name.middleName": UNKEPT,
        "emails.colour": UNKNOWN,
        f"{ENTERPRISE}:costCenter": UNKEPT,
        f"{IVANTI}:badgePin": UNREGISTERED,
    }
    assert entry.unregistered == ["badgePin"]
    assert body(entry.asked)["password"] == body(entry.asked)["shoeSize"] == MASK
    assert body(entry.asked)[IVANTI] == {"costCode": "C-1", "badgePin": MASK}
    assert body(entry.answered)["userName"] == "ana@ex.org"
    assert answer["X-Request-ID"] == entry.request_id
    created = Event.objects.get(event="user.created")
    assert created.request_id == entry.request_id


def test_a_patch_says_what_it_ignored(okta: ScimClient) -> None:
    user_id = okta.post("/Users", {"userName": "ana"}).json()["id"]
    operations = [
        {"op": "replace", "value": {"nickName": "A", "active": True, f"{IVANTI}:pin": "1"}},
        {"op": "replace", "path": "shoeSize", "value": 41},
        {"op": "replace", "path": "name.honorificPrefix", "value": "Dr."},
        {"op": "replace", "path": "meta.version", "value": "9"},
    ]
    body = {"schemas": [PATCH_OP], "Operations": operations}
    assert okta.patch(f"/Users/{user_id}", body).status_code == 200
    assert last().ignored == {
        "nickName": UNKEPT,
        f"{IVANTI}:pin": UNREGISTERED,
        "shoeSize": UNKNOWN,
        "name.honorificPrefix": UNKEPT,
        "meta": READ_ONLY,
    }
    assert last().dropped == ["name.honorificPrefix", "nickName", "shoeSize", f"{IVANTI}:pin"]


def test_an_unknown_schema_is_noted_and_harmless(entra: ScimClient) -> None:
    """E-16: Entra ID names a schema of its own with every group."""
    urn = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
    entra.post("/Groups", {"schemas": [urn], "displayName": "Sales"})
    assert (last().ignored, last().dropped) == ({urn: UNKNOWN_SCHEMA}, [])


def test_an_error_is_kept_with_its_sentence(okta: ScimClient) -> None:
    okta.post("/Users", {"userName": ""})
    entry = last()
    assert (entry.status, entry.scim_type, entry.resource_id) == (400, "invalidValue", "")
    assert entry.detail == "“userName” is required."


def test_a_list_is_kept_as_what_it_found(okta: ScimClient) -> None:
    user_id = okta.post("/Users", {"userName": "ana"}).json()["id"]
    okta.get('/Users?filter=userName eq "ana"&count=5')
    entry = last()
    assert entry.path == '/Users?filter=userName eq "ana"&count=5'
    assert (entry.asked, body(entry.answered)["totalResults"]) == ("", 1)
    assert body(entry.answered)["Resources"] == [{"id": user_id}]


@pytest.mark.parametrize("body", [b"", b"[", b'{"a":"\\u0000"}', b"\xff", b"[1]", b'{"\\u0000":1}'])
@pytest.mark.parametrize("path", ["/Users", "/Bulk", "/%00/x", "/Me", "/Groups/%F0%9F%8E%89"])
def test_whatever_is_sent_is_logged(okta: ScimClient, body: bytes, path: str) -> None:
    """What the database cannot hold is put in other letters, for the batch must not fail."""
    okta._client.generic(
        "POST",
        f"/scim/v2{path}",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {okta.secret}"},
    )
    assert len(logged()) == 1


def test_a_switched_off_token_is_named(okta: ScimClient) -> None:
    """An administrator sees which IdP is knocking with a token that is not active."""
    token = ScimToken.objects.get()
    services.deactivate(token_id=token.id, actor=operator())
    assert okta.get("/Users").status_code == 401
    assert (last().provider, last().status) == ("okta", 401)


@pytest.mark.parametrize("secret", ["", "non-token", "scim_" + "x" * 48])
def test_a_stranger_is_nobody(okta: ScimClient, secret: str) -> None:
    ScimClient(secret).get("/Users")
    assert (last().provider, last().token_id, last().status) == ("", "", 401)


def test_strangers_cannot_fill_the_log(db: None) -> None:
    for _knock in range(100):
        ScimClient("nobody").get("/Users")
    assert len(logged()) <= 2 * recorder.STRANGERS_A_SECOND


def test_a_log_that_fails_fails_no_request(
    okta: ScimClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_note: Any) -> None:
        raise RuntimeError("no log today")

    monkeypatch.setattr("scim_provisioning.scim.request_log.note", broken)
    assert okta.post("/Users", {"userName": "ana"}).status_code == 201


def test_a_bulk_job_is_one_line(okta: ScimClient) -> None:
    operations = [
        {
            "method": "POST",
            "path": "/Users",
            "bulkId": str(n),
            "data": {"userName": f"u{n}", "x": 1},
        }
        for n in range(30)
    ]
    schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]
    okta.post("/Bulk", {"schemas": schemas, "Operations": operations})
    entry = last()
    assert (entry.resource, entry.ignored) == ("Bulk", {"x": UNKNOWN})
    assert body(entry.asked)["Operations"][0]["data"] == {"userName": "u0", "x": MASK}
    assert body(entry.asked)["Operations"][-1] == "… +10"
