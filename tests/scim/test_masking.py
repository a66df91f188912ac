"""What the log may keep of a body: published names only, nothing that could be secret."""

from typing import Any

import pytest

from scim_provisioning.scim.masking import MASK, is_published, masked, summary

IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
NAMES = ("costCode",)

CASES: list[tuple[Any, Any]] = [
    (None, None),
    ({"userName": "ana", "active": True}, {"userName": "ana", "active": True}),
    ({"PASSWORD": "s3cret", "title": None}, {"PASSWORD": MASK, "title": None}),
    ({"name": {"givenName": "Ana", "pin": 7}}, {"name": {"givenName": "Ana", "pin": MASK}}),
    ({"userName": {"password": "x"}}, {"userName": {"password": MASK}}),
    ({"x509Certificates": [{"value": "MII"}]}, {"x509Certificates": MASK}),
    (
        {IVANTI: {"costCode": "C", "badgePin": "1"}},
        {IVANTI: {"costCode": "C", "badgePin": MASK}},
    ),
    ({f"{IVANTI}:costCode": "C"}, {f"{IVANTI}:costCode": "C"}),
    ({f"{IVANTI}:badgePin": "1"}, {f"{IVANTI}:badgePin": MASK}),
    ({"name.givenName": "Ana", "name.pin": "1"}, {"name.givenName": "Ana", "name.pin": MASK}),
    (
        {"op": "replace", "path": "password", "value": "s3cret"},
        {"op": "replace", "path": "password", "value": MASK},
    ),
    (
        {"Path": f"{IVANTI}:badgePin", "Value": "1"},
        {"Path": f"{IVANTI}:badgePin", "Value": MASK},
    ),
    (
        {"op": "add", "value": {"password": "x", "userName": "ana"}},
        {"op": "add", "value": {"password": MASK, "userName": "ana"}},
    ),
    (
        {"path": 'emails[type eq "work"].value', "value": "a@b"},
        {"path": 'emails[type eq "work"].value', "value": "a@b"},
    ),
    (
        {"method": "POST", "path": "/Users", "data": {"password": "x", "active": False}},
        {"method": "POST", "path": "/Users", "data": {"password": MASK, "active": False}},
    ),
    ({"userName": "a\0b" + "x" * 300}, {"userName": "a␀b" + "x" * 253 + "…"}),
    ({"members": [{"value": str(n)} for n in range(25)]}, None),
]


@pytest.mark.parametrize(("body", "expected"), CASES[:-1])
def test_masked(body: Any, expected: Any) -> None:
    assert masked(body, NAMES) == expected


def test_long_lists_are_shortened() -> None:
    shown = masked(CASES[-1][0], NAMES)["members"]
    assert shown == [*({"value": str(number)} for number in range(20)), "… +5"]


def test_of_a_list_only_the_ids_are_kept() -> None:
    page = {"totalResults": 2, "Resources": [{"id": "1", "userName": "a"}, {"id": "2"}]}
    assert summary(page, NAMES) == {"totalResults": 2, "Resources": [{"id": "1"}, {"id": "2"}]}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("filter", True),
        ("startindex", True),
        ("access_token", False),
        ('emails[value eq "x"].value', True),
        (f"{IVANTI}:costcode", True),
        (f"{IVANTI}:other", False),
        (IVANTI, True),
    ],
)
def test_is_published(name: str, expected: bool) -> None:
    assert is_published(name, NAMES) is expected
