"""Configurations in the admin API: as the portal's pages do, within the caller's role."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.models import Event
from mdm_portal.roles import ROLES
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.directory.services import deprovision_user
from scim_provisioning.settings.services import add_custom_attribute
from tests.api.calls import OPERATOR, Api
from tests.portal.people import OKTA, person

pytestmark = pytest.mark.django_db

START = "configurations/"
SECRET = "correct horse battery"
NASTY = "<script>alert(1)</script> “50% off_” 🦊 שלום"
WIFI = {
    "kind": "wifi",
    "name": "Office",
    "values": {"ssid": "Corp", "identity": "${userUID}"},
    "secrets": {"password": SECRET},
}
KEYS = {"kind": "custom", "name": "Keys", "values": {"b": "${userUID}", "a": NASTY}}
MOST_STATEMENTS = 5


def test_a_configuration_from_its_making_to_its_end(api: Api) -> None:
    made = api.made(START, WIFI)
    path = f"{START}{made['id']}/"
    assert made["values"] == {"ssid": "Corp", "identity": "${userUID}"}
    assert (made["variables"], made["secrets_set"]) == (["${userUID}"], ["password"])
    assert api.get(path) == made
    changed = api.send("PATCH", path, {"values": {"identity": None}}).json()
    assert changed["values"] == {"ssid": "Corp"}
    assert (changed["name"], changed["secrets_set"]) == ("Office", ["password"])
    whole = {"name": "Home", "values": {"ssid": "Mine"}, "secrets": {"password": None}}
    put = api.send("PUT", path, whole).json()
    assert (put["name"], put["values"], put["secrets_set"]) == ("Home", {"ssid": "Mine"}, [])
    assert api.send("DELETE", path).status_code == 204
    assert [api.send(method, path, whole).status_code for method in ("GET", "PUT", "DELETE")] == [
        404,
        404,
        404,
    ]
    events = Event.objects.filter(subject_type="configuration")
    assert {event.actor_name for event in events} == {"everything"}
    assert [event.event for event in events] == [
        "configuration.deleted",
        "configuration.changed",
        "configuration.changed",
        "configuration.added",
    ]


def test_a_secret_goes_in_and_never_comes_out(api: Api) -> None:
    made = api.send("POST", START, WIFI | {"secrets": {"password": f" {SECRET} "}})
    path, ana = f"{START}{made.json()['id']}/", person("ana")
    answers = [made, api.send("PATCH", path, {"secrets": {"password": f"{SECRET}2"}})]
    for place in ("", path, f"{path}rendered/?user={ana.pk}", f"{path}users-with-empty-values/"):
        answers.append(api.send("GET", f"{place}" or START))
    assert all(answer.status_code < 300 for answer in answers)
    assert not any(SECRET in answer.content.decode() for answer in answers)
    assert Configuration.objects.get().secrets == {"password": f"{SECRET}2"}
    assert SECRET not in str(list(Event.objects.values()))
    refused = api.send("PATCH", path, {"secrets": {"password": SECRET * 100}})
    assert (refused.status_code, list(refused.json())) == (400, ["secrets"])
    assert SECRET not in refused.content.decode()


def test_pairs_keep_their_order_and_are_merged_by_key(api: Api) -> None:
    made = api.made(START, KEYS)
    path = f"{START}{made['id']}/"
    assert list(made["values"].items()) == [("b", "${userUID}"), ("a", NASTY)]
    changed = api.send("PATCH", path, {"values": {"c": "", "b": None}}).json()
    assert list(changed["values"].items()) == [("a", NASTY), ("c", "")]
    ordered = {"name": "Keys", "values": {"c": "", "a": NASTY}}
    assert list(api.send("PUT", path, ordered).json()["values"]) == ["c", "a"]
    count = Event.objects.count()
    assert api.send("PATCH", path, {}).status_code == 200
    assert Event.objects.count() == count, "nothing was changed"


UNKNOWN = "There is no variable ${usrUID}. Did you mean ${userUID}?"


@pytest.mark.parametrize(
    ("change", "member", "field", "sentence"),
    [
        ({"values": {"ssid": "C", "identity": "${usrUID}"}}, "values", "identity", UNKNOWN),
        ({"values": {"ssid": "${userUID}"}}, "values", "ssid", "not filled in here"),
        ({"values": {"ssid": "x" * 33}}, "values", "ssid", "at most 32 bytes"),
        ({"values": {}}, "values", "ssid", "required"),
        ({"values": {"ssid": ["C"]}}, "values", "ssid", "Not a valid string"),
        ({"values": {"ssid": "C", "sidd": ""}}, "values", "sidd", "there are: ssid, identity"),
        ({"values": {"ssid": "C", "password": "x"}}, "values", "password", "no such field"),
        ({"values": {"ssid": "C\0"}}, "values", "ssid", "Null characters"),
        ({"secrets": {"pin": "1"}}, "secrets", "pin", "there are: password"),
        ({"secrets": {"password": "1\0"}}, "secrets", "password", "Null characters"),
        ({"kind": "custom", "values": {"a": "${usrUID}"}}, "secrets", "password", "no such field"),
        ({"kind": "custom", "values": {}, "secrets": {}}, "values", None, "at least one key"),
        ({"kind": "custom", "values": {"": "x"}, "secrets": {}}, "values", "", "required"),
        (
            {"kind": "custom", "values": {"a": "x", "b": "${usrUID}"}, "secrets": {}},
            "values",
            "b",
            UNKNOWN,
        ),
        (
            {"kind": "custom", "values": {str(n): "" for n in range(51)}, "secrets": {}},
            "values",
            None,
            "at most 50",
        ),
        ({"values": [["ssid", "C"]]}, "values", None, "Expected a dictionary"),
        ({"values": None}, "values", None, "null"),
        ({"kind": "fax"}, "kind", None, "not a valid choice"),
        ({"kind": ["wifi"]}, "kind", None, "not a valid choice"),
        ({"name": " "}, "name", None, "blank"),
        ({"name": "x" * 101}, "name", None, "100"),
        ({"name": {"first": 1}}, "name", None, "Not a valid string"),
    ],
)
def test_a_refusal_stands_beside_its_field(
    api: Api, change: Any, member: str, field: str | None, sentence: str
) -> None:
    answer = api.send("POST", START, WIFI | change)
    assert answer.status_code == 400
    reasons = answer.json()[member]
    assert sentence in str(reasons if field is None else reasons[field])
    assert not Configuration.objects.exists()


def test_a_change_is_judged_like_a_new_one(api: Api) -> None:
    path = f"{START}{api.made(START, WIFI)['id']}/"
    api.made(START, KEYS)
    for method, body, answer in (
        ("PATCH", {"values": {"identity": "${usrUID}"}}, {"values": {"identity": [UNKNOWN]}}),
        ("PATCH", {"values": {"ssid": None}}, {"values": {"ssid": ["This field is required."]}}),
        ("PUT", {"name": "Office"}, {"values": ["This field is required."]}),
    ):
        refused = api.send(method, path, body)
        assert (refused.status_code, refused.json()) == (400, answer)
    taken = api.send("PATCH", path, {"name": "KEYS"})
    assert (taken.status_code, "already exists" in taken.json()["name"][0]) == (400, True)
    assert api.get(path)["values"] == WIFI["values"]


def test_a_list_of_pairs_ends_somewhere(api: Api) -> None:
    body = KEYS | {"values": {str(number): "" for number in range(50)}}
    path = f"{START}{api.made(START, body)['id']}/"
    refused = api.send("PATCH", path, {"values": {"50": ""}})
    assert (refused.status_code, "at most 50" in refused.json()["values"][0]) == (400, True)
    twice = api.send("PATCH", path, {"values": {"a": "", " a": ""}})
    assert twice.status_code == 400


def test_the_list_is_filtered_and_paged(
    api: Api, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        api.made(START, KEYS | {"name": f"Keys {number}"})
    api.made(START, WIFI | {"name": "Zoë 50% off_"})

    def names(query: str) -> list[str]:
        return [row["name"] for row in api.get(START + query)["results"]]

    assert names("?q=50%25") == names("?kind=wifi") == names("?q=zoË") == ["Zoë 50% off_"]
    assert names("?q=_") == ["Zoë 50% off_"]
    assert names("?kind=vpn") == []
    with django_assert_max_num_queries(MOST_STATEMENTS):
        first = api.get(f"{START}?page_size=4")
    assert [row["name"] for row in first["results"]] == [f"Keys {n}" for n in range(4)]
    assert first["previous"] is None
    rest = api.get(START + "?" + first["next"].partition("?")[2])
    assert [row["name"] for row in rest["results"]] == ["Keys 4", "Zoë 50% off_"]
    assert api.send("GET", f"{START}?kind=fax").status_code == 400


def test_rendered_for_a_user(api: Api) -> None:
    add_custom_attribute(name="tier", actor=OPERATOR)
    body = KEYS | {
        "values": {"who": "<${userUID}> $$", "tier": "${TIER}", "long": "${userLastName}"}
    }
    made = api.made(START, body)
    ana = person("ana", custom={"tier": "${userUID}"}, family_name="x" * 900)
    bob = person("bob", custom={})
    shown = api.get(f"{START}{made['id']}/rendered/?user={ana.pk}")
    assert (shown["name"], shown["user"], shown["user_name"]) == ("Keys", str(ana.pk), "ana@ex.org")
    assert [row["value"] for row in shown["rendered"]] == [
        "<ana@ex.org> $",
        "${userUID}",
        "x" * 900,
    ]
    assert shown["empty_variables"] == []
    shown = api.get(f"{START}{made['id']}/rendered/?user={bob.pk}")
    assert shown["empty_variables"] == ["${tier}", "${userLastName}"]
    assert shown["rendered"][1] == {
        "key": "tier",
        "written": "${TIER}",
        "value": "",
        "empty_variables": ["${tier}"],
        "is_secret": False,
        "is_set": True,
    }


def test_a_rendered_secret_is_set_and_no_more(api: Api) -> None:
    made = api.made(START, WIFI)
    shown = api.get(f"{START}{made['id']}/rendered/?user={person('ana').pk}")
    assert [row["key"] for row in shown["rendered"]] == ["ssid", "identity", "password"]
    password = shown["rendered"][2]
    assert (password["is_secret"], password["is_set"], password["value"]) == (True, True, "")


@pytest.mark.parametrize("query", ["", "?user=", "?user=1", "?user=%00", "?user=🦊"])
def test_whose_it_is_must_be_told(api: Api, query: str) -> None:
    answer = api.send("GET", f"{START}{api.made(START, KEYS)['id']}/rendered/{query}")
    assert (answer.status_code, list(answer.json())) == (400, ["user"])


def test_nothing_is_rendered_for_nobody(api: Api) -> None:
    made, gone = api.made(START, KEYS), person("gone")
    deprovision_user(user_id=gone.pk, actor=OKTA)
    for user in (gone.pk, uuid4()):
        answer = api.send("GET", f"{START}{made['id']}/rendered/?user={user}")
        assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such user.")
    for place in (uuid4(), "nope", "%00"):
        for page in ("", f"rendered/?user={person(str(uuid4())).pk}", "users-with-empty-values/"):
            answer = api.send("GET", f"{START}{place}/{page}")
            assert (answer.status_code, list(answer.json())) == (404, ["detail"])


def test_the_users_whom_it_leaves_empty(
    api: Api, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    body = KEYS | {"values": {"a": "${department} ${userFirstName}"}}
    path = f"{START}{api.made(START, body)['id']}/users-with-empty-values/"
    person("ana", department="Sales", given_name="Ana")
    people = [person("bob", department="Sales"), *(person(f"cyd{number}") for number in range(9))]
    with django_assert_max_num_queries(MOST_STATEMENTS):
        page = api.get(f"{path}?page_size=9")
    assert [row["id"] for row in page["results"]] == [str(row.pk) for row in people[:9]]
    assert page["results"][0]["empty_variables"] == ["${userFirstName}"]
    assert page["results"][1]["empty_variables"] == ["${department}", "${userFirstName}"]
    rest = api.get(path + "?" + page["next"].partition("?")[2])
    assert [row["user_name"] for row in rest["results"]] == ["cyd8@ex.org"]
    assert [row["user_name"] for row in api.get(f"{path}?q=BOB")["results"]] == ["bob@ex.org"]


ALLOWED = {
    "system-management": (200, 201),
    "system-read-only": (200, 403),
    "user-management": (403, 403),
    "user-read-only": (403, 403),
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_and_writes_as_in_the_portal(role: str) -> None:
    api, ana = Api(role), person("ana")
    answers = (api.send("GET", START), api.send("POST", START, KEYS))
    assert tuple(answer.status_code for answer in answers) == ALLOWED[role]
    row = Configuration.objects.create(name="N", kind="custom", values=[["a", "1"]])
    for page in ("", f"rendered/?user={ana.pk}", "users-with-empty-values/"):
        answer = api.send("GET", f"{START}{row.pk}/{page}")
        assert answer.status_code == ALLOWED[role][0]
    for method in ("PUT", "PATCH", "DELETE"):
        answer = api.send(method, f"{START}{row.pk}/", {"name": "M", "values": {"a": "2"}})
        assert (answer.status_code == 403) == (ALLOWED[role][1] == 403)


def test_nobody_sees_them_without_a_token(db: None) -> None:
    assert Client().get(f"/api/v1/{START}").status_code == 401
