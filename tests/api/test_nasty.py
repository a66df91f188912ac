"""Bad input to the admin API: always 4xx, in JSON that says what is wrong."""

import base64
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from drf_spectacular.generators import SchemaGenerator

from audit.models import Event
from scim_provisioning.directory.models import User
from tests.api.calls import Api
from tests.portal.people import group, person

pytestmark = pytest.mark.django_db(transaction=True)

LISTS = ("users/", "groups/", "audit/", "activity/", "configurations/")
VALUES = ("a\0b", "9" * 30, "9" * 5000, "50% off_", "🦊", "[]")
MOMENTS = (
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "2026-01-01T00:00:00+23:59",
)
DEEP = b"[" * 900 + b"]" * 900
BODIES = (
    b"",
    b"null",
    b"[]",
    b"1",
    b"{",
    b"\xff",
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b'{"provider":%b,"kind":%b,"auto_invite":%b,"overlap_hours":%b}' % (DEEP, DEEP, DEEP, DEEP),
    b'{"name":"\\ud800","user_name":"\\ud800","values":{"\\ud800":"a"}}',
    b'{"name":"\\u0000","user_name":"\\u0000","values":{"\\u0000":"a"},"kind":"custom"}',
    b'{"lifetime_days":%b,"provider":"okta"}' % (b"9" * 5000),
    b'{"lifetime_days":1e400,"provider":"okta"}',
    b'{"name":NaN}',
    b'{"name":[],"kind":{},"values":[],"secrets":[],"user_name":{},"active":[],"overlap_hours":{}}',
    b'{"kind":"wifi","name":"N","values":{"ssid":{"a":[]}},"secrets":{"password":[]}}',
)


def judge(answer: Any, *what: Any) -> None:
    """Refuse a fault, and a refusal that is no JSON object."""
    assert answer.status_code < 500, what
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/json", what
        assert isinstance(answer.json(), dict), what


@pytest.fixture
def operations() -> list[tuple[str, str, list[str]]]:
    """Return method, path and query parameters of all operations."""
    document: Any = SchemaGenerator().get_schema(request=None, public=True)
    return [
        (
            method.upper(),
            path.removeprefix("/api/v1/").replace("{name}", "{id}"),
            [one["name"] for one in said.get("parameters", ()) if one["in"] == "query"],
        )
        for path, item in document["paths"].items()
        for method, said in item.items()
    ]


def test_values_of_filters(api: Api, operations: list[tuple[str, str, list[str]]]) -> None:
    ana = person("ana")
    sales = group("Sales", ana)
    body = {"kind": "custom", "name": "Keys", "values": {"a": "${department}"}}
    here = {"groups": sales.pk, "configurations": api.made("configurations/", body)["id"]}
    for method, path, names in operations:
        if method == "GET":
            place = path.replace("{id}", str(here.get(path.partition("/")[0], ana.pk)))
            for name in names:
                values = VALUES + MOMENTS if name in ("start", "end") else VALUES
                for value in (*map(quote, values), "%ff"):
                    judge(api.send("GET", f"{place}?{name}={value}"), place, name, value[:40])


def test_addresses(api: Api, operations: list[tuple[str, str, list[str]]]) -> None:
    ids = (uuid4(), "nope", "%00", "a%00b", "9" * 30, "9" * 5000, quote("🦊"), "%ff")
    for method, path, _names in operations:
        for place in ids if "{id}" in path else ():
            answer = api.send(method, path.replace("{id}", str(place)), {})
            judge(answer, method, path, place)
            assert answer.status_code in (400, 404), (method, path, place)
    for path in ("", "nope/", "nope", "users//", "settings/nobody/", "%00", "/evil.org"):
        for method in ("GET", "POST", "PUT", "OPTIONS", "TRACE", "FOO"):
            answer = api.send(method, path)
            judge(answer, method, path)
            assert answer.status_code == 404


def test_bodies(api: Api, operations: list[tuple[str, str, list[str]]]) -> None:
    user = api.made("users/", {"user_name": "ana"})
    body = {"kind": "wifi", "name": "N", "values": {"ssid": "C"}}
    token = api.made("tokens/", {"provider": "okta"})["token"]
    here = {
        "users": user["id"],
        "settings": "okta",
        "tokens": token["id"],
        "configurations": api.made("configurations/", body)["id"],
    }
    for method, path, _names in operations:
        if method in ("POST", "PUT", "PATCH"):
            place = path.replace("{id}", str(here.get(path.partition("/")[0], "")))
            for sent in BODIES:
                judge(api.raw(method, place, sent), method, path, sent[:40])
    assert User.objects.count() == 1


def cursor(text: str) -> str:
    """Return a made-up cursor."""
    return quote(base64.b64encode(text.encode()).decode())


@pytest.mark.parametrize(
    "made_up",
    [
        *map(cursor, ("p=abc", "p=%00", f"p={'9' * 5000}", "r=1&p=x", "p=%ff", "p=")),
        "é",
        "%ff",
    ],
)
def test_made_up_pages(api: Api, made_up: str) -> None:
    for path in LISTS:
        answer = api.send("GET", f"{path}?cursor={made_up}")
        judge(answer, path, made_up)
        is_name = path == "configurations/" and answer.status_code == 200
        assert is_name or list(answer.json()) == ["cursor"]


@pytest.mark.parametrize("size", ["0", "-1", "x", "²", "", "99999", "%00"])
def test_made_up_sizes_of_pages(api: Api, size: str) -> None:
    answer = api.send("GET", f"users/?page_size={size}")
    assert (answer.status_code, list(answer.json())) == (400, ["page_size"])


def test_a_misspelled_filter_does_not_list_everybody(api: Api) -> None:
    answer = api.send("GET", "users/?sttaus=active")
    assert answer.status_code == 400
    assert "there are: q, source, status" in answer.json()["sttaus"][0]
    half = api.send("GET", "audit/?subject_type=user")
    assert (half.status_code, list(half.json())) == (400, ["subject_type"])


def test_bodies_that_are_not_read(api: Api) -> None:
    large = b'{"user_name":"' + b"x" * 4_000_000 + b'"}'
    assert api.raw("POST", "users/", large).status_code == 413
    form = api.raw(
        "POST", "users/", b"user_name=a", content_type="application/x-www-form-urlencoded"
    )
    assert form.status_code == 415
    pieces = api.raw("POST", "users/", b"", **{"Transfer-Encoding": "chunked"})
    assert (pieces.status_code, "Content-Length" in pieces.json()["detail"]) == (411, True)
    for charset in ("rot13", "base64", "utf-16", "nope", "punycode"):
        judge(
            api.raw(
                "POST",
                "users/",
                b'{"user_name":""}',
                content_type=f"application/json; charset={charset}",
            )
        )
    assert not Event.objects.filter(event="user.created").exists()
