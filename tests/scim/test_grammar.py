"""PATCH paths, and value filters on plain JSON elements."""

from typing import Any

import pytest

from scim_provisioning.scim.attributes import GROUP, USER
from scim_provisioning.scim.errors import InvalidFilter, InvalidPath
from scim_provisioning.scim.grammar import Path, matches, parse_filter, parse_path
from scim_provisioning.scim.parser import read_filter

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("userName", Path(None, "userName")),
        ("name.familyName", Path(None, "name", None, "familyName")),
        (f"{CORE}:userName", Path(CORE, "userName")),
        (f"{CORE}:name.familyName", Path(CORE, "name", None, "familyName")),
        (f"{ENTERPRISE}:department", Path(ENTERPRISE, "department")),
        (f"{ENTERPRISE}:manager.value", Path(ENTERPRISE, "manager", None, "value")),
        (f"{ENTERPRISE}.manager", Path(ENTERPRISE, "manager")),
        (f"{ENTERPRISE}", Path(ENTERPRISE, "")),
        ("members.$ref", Path(None, "members", None, "$ref")),
    ],
)
def test_paths(text: str, expected: Path) -> None:
    assert parse_path(text) == expected


@pytest.mark.parametrize(
    ("text", "attribute", "value_filter", "sub_attribute"),
    [
        ('emails[type eq "work"].value', "emails", 'type eq "work"', "value"),
        ('members[value eq "x"]', "members", 'value eq "x"', None),
        ("emails[primary eq true].value", "emails", "primary eq true", "value"),
        (
            f'{CORE}:emails[type eq "work" and not (primary eq true)].display',
            "emails",
            'type eq "work" and not (primary eq true)',
            "display",
        ),
    ],
)
def test_value_paths(
    text: str, attribute: str, value_filter: str, sub_attribute: str | None
) -> None:
    path = parse_path(text)
    assert (path.attribute, path.value_filter) == (attribute, parse_filter(value_filter))
    assert path.sub_attribute == sub_attribute


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a b",
        "emails[",
        "emails[type eq]",
        'emails[type eq "work"',
        'emails[type eq "work"]value',
        "name..familyName",
        "name.a.b",
        ".name",
        "a" * 9000,
        "emails[" * 500,
        "\x00",
        "/userName",
        "urn::x",
        'members[value eq "x"] and a pr',
    ],
)
def test_refuses_paths(text: str) -> None:
    with pytest.raises(InvalidPath) as caught:
        parse_path(text)
    assert len(caught.value.detail) < 300


WORK = {"value": "Ana@Example.org", "type": "Work", "primary": True}
HOME = {"VALUE": "straße@x", "Type": "home", "display": ""}


@pytest.mark.parametrize(
    ("text", "element", "expected"),
    [
        ('type eq "work"', WORK, True),
        ('type eq "home"', WORK, False),
        ('value sw "ANA@" and primary eq true', WORK, True),
        ('primary eq "true"', WORK, True),
        ("primary pr", HOME, False),
        ("primary ne true", HOME, True),
        ("display pr", HOME, False),
        ('display eq ""', HOME, True),
        ("display eq null", HOME, True),
        ('value eq "STRASSE@X"', HOME, True),
        ('value eq "\\ud800"', HOME, False),
        ('value gt "a"', HOME, True),
        ('value le "a"', HOME, False),
        ('not (type ew "me") or value co "ß"', HOME, True),
        ('display lt "x"', HOME, False),
    ],
)
def test_matches(text: str, element: dict[str, Any], expected: bool) -> None:
    emails = USER.attribute("emails")
    assert emails is not None
    assert matches(parse_filter(text), element, emails) is expected


def test_matches_members() -> None:
    members = GROUP.attribute("members")
    assert members is not None
    element = {"value": "abc", "$ref": "https://a.example/scim/v2/Users/abc", "type": "User"}
    assert matches(parse_filter('value eq "abc"'), element, members)
    assert not matches(parse_filter('value eq "ABC"'), element, members)
    assert matches(parse_filter('$ref eq "http://b.example/Users/abc"'), element, members)
    assert matches(parse_filter('type eq "user"'), element, members)


@pytest.mark.parametrize("text", ['surname eq "x"', "primary gt true", "primary eq 5", "a[b pr]"])
def test_refuses_value_filters(text: str) -> None:
    emails = USER.attribute("emails")
    assert emails is not None
    with pytest.raises(InvalidFilter):
        matches(parse_filter(text), WORK, emails)


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "ana@example.org"',
        ' USERNAME  EQ  "ü 50% \N{PARTY POPPER}" ',
        'name.givenName eq ""',
        'members.$ref eq "https://x/Users/1"',
        'x-y_z eq "a or b"',
    ],
)
def test_the_short_way_reads_what_the_parser_reads(text: str) -> None:
    assert parse_filter(text) == read_filter(text)
