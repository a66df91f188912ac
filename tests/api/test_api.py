"""The admin API: what the portal does, for scripts, within the caller's role."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from audit.models import Event
from mdm_portal.api.models import ApiToken
from mdm_portal.api.tokens import revoke
from mdm_portal.roles import ROLES
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.directory.models import User
from scim_provisioning.tokens.models import ScimToken
from tests.api.calls import OPERATOR, Api
from tests.portal.people import group, person

pytestmark = pytest.mark.django_db


def test_a_token_from_generate_to_removal(api: Api) -> None:
    made = api.send("POST", "tokens/", {"provider": "okta", "lifetime_days": 30})
    assert made.status_code == 201
    token = made.json()["token"]
    assert made.json()["scim_url"].endswith("/scim/v2")
    assert ScimToken.objects.get().prefix == token["prefix"]
    path = f"tokens/{token['id']}/"
    assert api.send("POST", f"{path}deactivate/").json()["status"] == "inactive"
    assert api.send("POST", f"{path}activate/").json()["status"] == "active"
    renewed = api.send("POST", f"{path}renew/", {"overlap_hours": 0}).json()
    assert renewed["secret"] != made.json()["secret"]
    assert [row["id"] for row in api.get("tokens/")] == [token["id"]]
    assert api.send("DELETE", path).status_code == 204
    assert api.send("DELETE", path).status_code == 404
    names = Event.objects.filter(subject_type="token").order_by("id")
    assert list(names.values_list("event", "actor_name").distinct())[0][1] == "everything"


def test_a_third_token_is_a_conflict(api: Api) -> None:
    answers = [api.send("POST", "tokens/", {"provider": "okta"}) for _turn in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert "maximum of 2" in answers[2].json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("tokens/", {"provider": "nobody"}, "provider"),
        ("tokens/", {"provider": "okta", "lifetime_days": "soon"}, "lifetime_days"),
        ("tokens/", {"provider": "okta", "lifetime_days": 7}, "detail"),
        ("custom-attributes/", {"name": "9lives"}, "detail"),
        ("users/", {"user_name": ""}, "user_name"),
        ("users/", {"user_name": "a", "email": "no"}, "email"),
        ("users/", {"user_name": "a", "departmnt": "Sales"}, "departmnt"),
        ("users/", [], "non_field_errors"),
    ],
)
def test_a_bad_body_gets_a_sentence(api: Api, path: str, body: Any, field: str) -> None:
    answer = api.send("POST", path, body)
    assert (answer.status_code, field in answer.json()) == (400, True), answer.content


def test_settings_and_custom_attributes(api: Api) -> None:
    assert {row["provider"] for row in api.get("settings/")} >= {"okta", "entra"}
    changed = api.send("PATCH", "settings/okta/", {"auto_invite": True})
    assert changed.json() == {"provider": "okta", "auto_invite": True}
    assert api.send("PATCH", "settings/nobody/", {"auto_invite": True}).status_code == 404
    made = api.send("POST", "custom-attributes/", {"name": "costCode"})
    assert (made.status_code, made.json()["variable"]) == (201, "${costCode}")
    assert [row["name"] for row in api.get("custom-attributes/")] == ["costCode"]
    assert api.send("DELETE", "custom-attributes/COSTCODE/").status_code == 204


def test_users_by_search_and_by_key(api: Api) -> None:
    people = [person(name) for name in ("Ana", "Zoë", "Bob")]
    assert [row["display_name"] for row in api.get("users/?q=zoe")["results"]] == ["Zoë"]
    first = api.get("users/?page_size=2")
    assert [row["id"] for row in first["results"]] == [str(row.pk) for row in people[:2]]
    rest = api.client.get(first["next"], headers={"Authorization": f"Bearer {api.secret}"})
    assert [row["display_name"] for row in rest.json()["results"]] == ["Bob"]
    assert api.get(f"users/{people[0].pk}/")["user_name"] == "Ana@ex.org"


def test_a_local_user_is_made_changed_and_deprovisioned(api: Api) -> None:
    made = api.send("POST", "users/", {"user_name": "ana", "email": "ana@ex.org"})
    assert (made.status_code, made.json()["source"]) == (201, "local")
    path = f"users/{made.json()['id']}/"
    changed = api.send("PATCH", path, {"department": "Ops"}).json()
    assert (changed["department"], changed["emails"]) == (
        "Ops",
        [{"value": "ana@ex.org", "primary": True}],
    )
    assert api.send("POST", "users/", {"user_name": "ANA"}).status_code == 409
    assert api.send("DELETE", path).status_code == 204
    assert User.objects.get().status == "deprovisioned"


def test_what_an_idp_owns_is_changed_there(api: Api) -> None:
    path = f"users/{person('Ana').pk}/"
    for method in ("PATCH", "DELETE"):
        answer = api.send(method, path, {"department": "Ops"})
        assert (answer.status_code, "change it there" in answer.json()["detail"]) == (409, True)


def test_groups_with_their_members(api: Api) -> None:
    sales = group("Sales", person("Ana"), person("Bob"))
    assert [row["display_name"] for row in api.get("groups/?q=SAL")["results"]] == ["Sales"]
    members = api.get(f"groups/{sales.pk}/members/")["results"]
    assert [row["display_name"] for row in members] == ["Ana", "Bob"]
    assert (
        api.send("GET", "groups/01a1fd08-5946-771b-81cb-898318798590/members/").status_code == 404
    )


def test_the_logs(api: Api) -> None:
    person("Ana")
    events = api.get("audit/?event=user.created")["results"]
    assert [row["subject_name"] for row in events] == ["Ana"]
    assert ScimRequest.objects.count() == 0
    assert api.get("activity/?status=refused") == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize("secret", ["", "mdma_", "mdma_" + "x" * 48, "é" * 53])
def test_no_token_no_answer(db: None, secret: str) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    answer = Client().get("/api/v1/users/", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_and_one_of_a_disabled_administrator_are_no_tokens(api: Api) -> None:
    get_user_model().objects.update(is_active=False)
    assert api.send("GET", "users/").status_code == 401
    get_user_model().objects.update(is_active=True)
    revoke(key_id=ApiToken.objects.get().key_id, actor=OPERATOR)
    assert api.send("GET", "users/").status_code == 401


ALLOWED = {
    "system-management": {"users": (200, 201), "tokens": (200, 201)},
    "system-read-only": {"users": (200, 403), "tokens": (200, 403)},
    "user-management": {"users": (200, 201), "tokens": (403, 403)},
    "user-read-only": {"users": (200, 403), "tokens": (403, 403)},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("area", "body"), [("users", {"user_name": "ana"}), ("tokens", {"provider": "okta"})]
)
def test_a_role_reads_and_writes_its_areas(role: str, area: str, body: Any) -> None:
    api = Api(role)
    answers = [api.send("GET", f"{area}/"), api.send("POST", f"{area}/", body)]
    assert tuple(answer.status_code for answer in answers) == ALLOWED[role][area]


def test_the_session_of_the_portal_is_good_too(portal: Client) -> None:
    assert portal.get("/api/v1/users/").status_code == 200
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = portal.cookies
    assert strict.post("/api/v1/users/", {}, content_type="application/json").status_code == 403


def test_the_reference_is_complete_and_loads_nothing_from_outside(portal: Client) -> None:
    schema = portal.get("/api/schema/?format=json").json()
    assert {"/api/v1/users/", "/api/v1/tokens/{id}/renew/"} <= schema["paths"].keys()
    page = portal.get("/api/docs/").content.decode()
    assert all(path in page for path in schema["paths"])
    assert "overlap_hours" in page and "lifetime_days" in page
    assert Client().get("/api/schema/").status_code in (401, 403)
