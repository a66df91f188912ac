"""Local groups by the admin API: made, renamed, filled and deleted; those of an IdP are read."""

import pytest

from audit.models import Event
from scim_provisioning.directory.models import Group
from tests.api.calls import Api
from tests.portal.people import group, person

pytestmark = pytest.mark.django_db
NOBODY = "01900000-0000-7000-8000-000000000001"


@pytest.fixture
def api() -> Api:
    return Api("user-management")


def members(api: Api, key: str) -> set[str]:
    return {user["id"] for user in api.get(f"groups/{key}/members/")["results"]}


def test_a_local_group_is_made_changed_and_deleted(api: Api) -> None:
    ana, bob = str(person("Ana").pk), str(person("Bob").pk)
    made = api.made("groups/", {"display_name": "50% off_ 🎉", "members": [ana, ana]})
    assert (made["display_name"], made["source"]) == ("50% off_ 🎉", "local")
    assert members(api, made["id"]) == {ana}
    change = {"display_name": "Sales", "add_members": [bob], "remove_members": [ana]}
    answer = api.send("PATCH", f"groups/{made['id']}/", change)
    assert (answer.status_code, answer.json()["display_name"]) == (200, "Sales")
    assert members(api, made["id"]) == {bob}
    assert api.send("DELETE", f"groups/{made['id']}/").status_code == 204
    assert api.send("GET", f"groups/{made['id']}/").status_code == 404
    trail = Event.objects.filter(subject_type="group").order_by("id")
    assert [(event.label, event.actor_name) for event in trail] == [
        (f"User Group {done}", "user-management") for done in ("Created", "Updated", "Deleted")
    ]


def test_what_changes_nothing_writes_nothing(api: Api) -> None:
    made = api.made("groups/", {"display_name": "Sales"})
    answer = api.send("PATCH", f"groups/{made['id']}/", {"remove_members": [NOBODY]})
    assert answer.json() == made
    assert api.send("PATCH", f"groups/{made['id']}/", {}).json() == made


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"display_name": "sales"}, 409),
        ({"display_name": ""}, 400),
        ({"display_name": None}, 400),
        ({}, 400),
        ({"display_name": "x" * 300}, 400),
        ({"display_name": "New", "members": [NOBODY]}, 400),
        ({"display_name": "New", "members": ["ana"]}, 400),
        ({"display_name": "New", "members": "ana"}, 400),
    ],
)
def test_what_is_wrong_is_said_and_makes_nothing(api: Api, body: object, status: int) -> None:
    group("Sales")
    assert api.send("POST", "groups/", body).status_code == status
    assert list(Group.objects.values_list("display_name", flat=True)) == ["Sales"]


def test_a_name_or_member_that_is_refused_changes_nothing_else(api: Api) -> None:
    group("Taken")
    ana = str(person("Ana").pk)
    made = api.made("groups/", {"display_name": "Sales"})
    for change in ({"display_name": "TAKEN"}, {"add_members": [NOBODY]}):
        both = {"add_members": [ana], **change} if "display_name" in change else change
        assert api.send("PATCH", f"groups/{made['id']}/", both).status_code in (400, 409)
    assert members(api, made["id"]) == set()


def test_groups_of_identity_providers_are_theirs(api: Api) -> None:
    owned = str(group("Sales").pk)
    for method, body in (("PATCH", {"display_name": "Ours"}), ("DELETE", None)):
        answer = api.send(method, f"groups/{owned}/", body)
        assert (answer.status_code, "Okta" in answer.json()["detail"]) == (409, True)
    assert api.get(f"groups/{owned}/")["display_name"] == "Sales"
