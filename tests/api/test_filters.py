"""The lists of the admin API are narrowed down as the portal's are."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.directory.services import deprovision_user
from scim_provisioning.settings.services import add_custom_attribute
from scim_provisioning.tokens.models import ScimToken
from tests.api.calls import OPERATOR, Api
from tests.portal.people import ENTRA, OKTA, group, person

pytestmark = pytest.mark.django_db


def found(api: Api, path: str, member: str, **filters: Any) -> list[Any]:
    """Return a member of each row that is found."""
    answer = api.get(f"{path}?{urlencode(filters)}")
    return [row[member] for row in (answer if isinstance(answer, list) else answer["results"])]


def test_users(api: Api) -> None:
    add_custom_attribute(name="tier", actor=OPERATOR)
    ana = person("ana", department="50% off_", custom={"tier": "Gold"})
    person("bob", ENTRA, active=False)
    deprovision_user(user_id=person("cyd").pk, actor=OKTA)
    group("Sales", ana)
    for filters, names in (
        ({"source": "entra"}, ["bob"]),
        ({"status": "active"}, ["ana"]),
        ({"status": "inactive"}, ["bob"]),
        ({"status": "deprovisioned"}, ["cyd"]),
        ({"group": "SALES"}, ["ana"]),
        ({"department": "50% OFF_"}, ["ana"]),
        ({"department": "50"}, []),
        ({"q": "ana@ex"}, ["ana"]),
        ({"attribute": "tier", "attribute_value": "gold"}, ["ana"]),
        ({"source": "okta", "status": "active", "q": "bob"}, []),
    ):
        assert found(api, "users/", "display_name", **filters) == names, filters


def test_groups_and_their_members(api: Api) -> None:
    sales = group("Sales", person("ana"), person("bob"))
    group("Ops", actor=ENTRA)
    assert found(api, "groups/", "display_name", source="entra") == ["Ops"]
    assert found(api, "groups/", "display_name", q="aLe") == ["Sales"]
    assert found(api, f"groups/{sales.pk}/members/", "display_name", q="BOB") == ["bob"]
    page = api.get(f"groups/{sales.pk}/members/?page_size=1")
    assert [row["display_name"] for row in page["results"]] == ["ana"]
    rest = api.get(f"groups/{sales.pk}/members/?" + page["next"].partition("?")[2])
    assert [row["display_name"] for row in rest["results"]] == ["bob"]


def test_the_trail(api: Api) -> None:
    ana = person("ana")
    person("bob", ENTRA)
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    names = ["bob", "ana"]
    event = {"event": "user.created"}
    assert found(api, "audit/", "subject_name", **event) == names
    assert found(api, "audit/", "subject_name", **event, start=today, end=today) == names
    assert found(api, "audit/", "subject_name", **event, start=tomorrow) == []
    assert found(api, "audit/", "subject_name", **event, q="bob") == ["bob"]
    assert found(api, "audit/", "subject_name", **event, performed_by="ab3d") == ["ana"]
    subject = {"subject_type": "user", "subject_id": ana.pk}
    assert found(api, "audit/", "subject_name", **subject) == ["ana"]
    backwards = api.send("GET", f"audit/?start={tomorrow}&end={today}")
    assert (backwards.status_code, list(backwards.json())) == (400, ["end"])


def test_the_request_log(api: Api) -> None:
    for number, (method, status, provider) in enumerate(
        [("GET", 200, "okta"), ("POST", 409, "okta"), ("PATCH", 500, "entra"), ("GET", 401, "")]
    ):
        ScimRequest.objects.create(
            occurred_at=datetime(2026, 1, 1 + number, tzinfo=UTC),
            request_id=str(number),
            provider=provider,
            method=method,
            path=f"/{number}",
            resource="User",
            status=status,
            duration_us=1,
        )
    for filters, paths in (
        ({"status": "refused"}, ["/3", "/1"]),
        ({"status": "failed"}, ["/2"]),
        ({"status": "unauthorized"}, ["/3"]),
        ({"method": "GET", "status": "success"}, ["/0"]),
        ({"provider": "okta"}, ["/1", "/0"]),
        ({"resource": "Group"}, []),
        ({"start": "2026-01-02T01:00:00+01:00", "end": "2026-01-03T00:00:00Z"}, ["/2", "/1"]),
    ):
        assert found(api, "activity/", "path", **filters) == paths, filters


def test_tokens_and_custom_attributes(api: Api) -> None:
    for provider in ("okta", "entra"):
        api.made("tokens/", {"provider": provider})
    ScimToken.objects.filter(provider="okta").update(expires_at=timezone.now())
    assert found(api, "tokens/", "provider", provider="okta") == ["okta"]
    assert found(api, "tokens/", "provider", status="expired") == ["okta"]
    assert found(api, "tokens/", "provider", status="active") == ["entra"]
    assert found(api, "tokens/", "provider", status="inactive") == []
    for name in ("tier", "costCode"):
        add_custom_attribute(name=name, actor=OPERATOR)
    assert found(api, "custom-attributes/", "name", q="CODE") == ["costCode"]


def test_an_attribute_in_use_or_gone_cannot_be_deleted(api: Api) -> None:
    add_custom_attribute(name="tier", actor=OPERATOR)
    body = {"kind": "custom", "name": "Keys", "values": {"a": "${tier}"}}
    api.made("configurations/", body)
    used = api.send("DELETE", "custom-attributes/tier/")
    assert (used.status_code, "Keys" in used.json()["detail"]) == (409, True)
    assert api.send("DELETE", "custom-attributes/other/").status_code == 404
