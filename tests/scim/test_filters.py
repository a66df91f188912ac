"""Filters: each operator on each type, hostile values, absence, indexes."""

import json
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet

from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.scim.attributes import GROUP_TYPE
from scim_provisioning.scim.errors import InvalidFilter
from scim_provisioning.scim.filters import compile_filter
from tests.scim.people import PEOPLE, USER_TYPE, create_groups, create_people

pytestmark = pytest.mark.django_db

ALL = frozenset(person["user_name"] for person in PEOPLE)
ANA, DAVE, XY, QUOTE, ISTANBUL, STREET, NFC, EMOJI, RTL, BARE = (
    person["user_name"] for person in PEOPLE
)
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture
def users() -> list[User]:
    """Return the stored people."""
    return create_people()


@pytest.fixture
def groups(users: list[User]) -> list[Group]:
    """Return the stored groups."""
    return create_groups(users)


def found(text: str, **options: bool) -> set[str]:
    """Return the userNames that a filter finds."""
    rows = User.objects.filter(compile_filter(text, USER_TYPE, **options))
    return set(rows.values_list("user_name", flat=True))


def found_groups(text: str) -> set[str]:
    """Return the names of the groups that a filter finds."""
    rows = Group.objects.filter(compile_filter(text, GROUP_TYPE))
    return set(rows.values_list("display_name", flat=True))


def everyone_but(*names: str) -> set[str]:
    """Return all userNames but these."""
    return set(ALL - set(names))


TEXT = [
    ('userName eq "ANA.RUIZ@example.ORG"', {ANA}),
    ('userName ne "ana.ruiz@example.org"', everyone_but(ANA)),
    ('displayName co "RUI"', {ANA}),
    ('displayName sw "ana"', {ANA}),
    ('displayName ew "ruiz"', {ANA}),
    ('userName gt "nfc-é"', {QUOTE, RTL, STREET}),
    ('userName ge "nfc-é"', {NFC, QUOTE, RTL, STREET}),
    ('userName lt "dave_%"', {ANA, BARE}),
    ('userName le "dave_%"', {ANA, BARE, DAVE}),
    ("displayName pr", everyone_but(BARE)),
    ("not (displayName pr)", {BARE}),
    ("displayName eq null", {BARE}),
    ('displayName eq ""', {BARE}),
    ("displayName ne null", everyone_but(BARE)),
    ('department ne "sales"', everyone_but(ANA, XY)),
    ('department lt "t"', {ANA, XY}),
    ('department co ""', {ANA, XY}),
    ('department ge ""', {ANA, XY}),
    ('department lt ""', set()),
    ("name pr", {ANA, ISTANBUL, STREET}),
    ('name.familyName eq "ruiz"', {ANA}),
    ('NAME.FAMILYNAME EQ "RUIZ"', {ANA}),
]
EXACT = [
    ('externalId eq "Ext-1"', {ANA}),
    ('externalId eq "ext-1"', {DAVE}),
    ('externalId co "xt"', {ANA, DAVE}),
    ('externalId gt "100"', {ANA, DAVE, RTL}),
    ('externalId le "100"', {BARE}),
    ("externalId pr", {ANA, DAVE, RTL, BARE}),
]
LITERAL = [
    ('displayName eq "50% off_"', {DAVE}),
    ('displayName co "% off_"', {DAVE}),
    ('displayName sw "50%"', {DAVE}),
    ('displayName ew "off_"', {DAVE}),
    ('userName co "_"', {DAVE}),
    ('userName co "%"', {DAVE}),
    (r'userName eq "quote\"back\\slash"', {QUOTE}),
    (r'userName co "\\"', {QUOTE}),
    (r'userName sw "quote\""', {QUOTE}),
    ('userName eq "\' OR 1=1 --"', set()),
    ('displayName eq "{{ 7*7 }}"', set()),
]
UNICODE = [
    ('userName eq "i\N{COMBINING DOT ABOVE}STANBUL"', {ISTANBUL}),
    ('userName eq "istanbul"', set()),
    ('displayName co "ı"', {ISTANBUL}),
    ('userName eq "STRASSE"', {STREET}),
    ('displayName eq "straße"', {STREET}),
    ('name.familyName ew "SS"', {STREET}),
    ('displayName eq "RÉSUMÉ"', {NFC}),
    ('userName eq "nfc-e\N{COMBINING ACUTE ACCENT}"', {NFC}),
    ('displayName co "\N{PARTY POPPER}"', {EMOJI}),
    (r'displayName co "\ud83c\udf89"', {EMOJI}),
    ('displayName ew "\N{CJK UNIFIED IDEOGRAPH-20000}"', {EMOJI}),
    ('displayName sw "שלום"', {RTL}),
    (r'displayName eq "a\u0000b"', set()),
    (r'displayName ne "a\u0000b"', set(ALL)),
    (r'emails.value co "\u0000"', set()),
    (r'externalId eq "\ud800"', set()),
    (r'costCode eq "\udfff"', set()),
]
TYPED = [
    ("active eq true", everyone_but(DAVE)),
    ("active eq FALSE", {DAVE}),
    ('active eq "False"', {DAVE}),
    ('active ne "True"', {DAVE}),
    ("active pr", set(ALL)),
    ("active eq null", set()),
    ('meta.created eq "2026-01-01T12:01:00.123456Z"', {ANA}),
    ('meta.created lt "2026-01-01T12:02:00Z"', {ANA}),
    ('meta.created le "2026-01-01T12:02:00.123456Z"', {ANA, DAVE}),
    ('meta.created gt "2026-01-01T12:09:00.5"', {BARE}),
    ('meta.created ge "2026-01-01T14:10:00+02:00"', {BARE}),
    ('meta.created ge "2026-01-01T14:10:00 02:00"', {BARE}),
    ('meta.created ge "2026-01-01t07:10:00.000000000-0500"', {BARE}),
    ('meta.lastModified lt "9999-12-31T23:59:59.999999-23:59"', set(ALL)),
    ('meta.lastModified gt "0001-01-01T00:00:00+14:00"', set(ALL)),
    ("meta.lastModified pr", set(ALL)),
    ('meta.resourceType eq "User"', set(ALL)),
    ('meta.resourceType eq "user"', set()),
    ('meta.resourceType ne "Group"', set(ALL)),
    ('meta.version eq "W/\\"2\\""', {DAVE}),
    ('meta.version ne "W/\\"2\\""', everyone_but(DAVE)),
    ('meta.version eq "W/\\"99999999999999999999\\""', set()),
    ('meta.version sw "W/\\"1"', {ANA, BARE}),
    ('schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"', set(ALL)),
    (f'schemas eq "{ENTERPRISE}"', {ANA, XY}),
    ('schemas co "ivanti"', {ANA, DAVE}),
    (f'schemas ne "{ENTERPRISE}"', everyone_but(ANA, XY)),
    ('schemas eq "urn:x"', set()),
    ("schemas pr", set(ALL)),
    ("meta pr", set(ALL)),
]
EXTENSIONS = [
    (f'{ENTERPRISE}:department eq "sales"', {ANA, XY}),
    (f'{ENTERPRISE.upper()}:DEPARTMENT eq "sales"', {ANA, XY}),
    (f'{ENTERPRISE}.department eq "sales"', {ANA, XY}),
    (f"{ENTERPRISE} pr", {ANA, XY}),
    (f'{CORE}:userName eq "BARE"', {BARE}),
    (f'{CORE}:name.givenName eq "ana"', {ANA}),
    (f'{CORE}:externalId eq "2"', {RTL}),
    (f'{IVANTI}:costCode eq "C-100"', {ANA, DAVE}),
    (f"{IVANTI}:badge pr", {DAVE}),
    ('badge ne "7"', everyone_but(DAVE)),
    ("costCode eq null", everyone_but(ANA, DAVE)),
    ('costCode sw "c-1"', {ANA, DAVE}),
    ('costCode le "c-100"', {ANA, DAVE}),
    ('manager eq "2819"', set()),
    ('manager ne "2819"', set(ALL)),
    ("manager.value pr", set()),
    (f"{ENTERPRISE}:manager eq null", set(ALL)),
    ('phoneNumbers[type eq "work"].value eq "1"', set()),
    ("not (title pr)", set(ALL)),
    ('userName eq "bare" and title eq "x"', set()),
]
ELEMENTS = [
    ('emails eq "ANA@example.org"', {ANA}),
    ('emails.value eq "ana@HOME.example"', {ANA}),
    ('emails.value ne "ana@home.example"', everyone_but(ANA)),
    ('emails.value ew "@home.example"', {ANA, DAVE, QUOTE}),
    ('emails co "dave"', {DAVE}),
    ("emails pr", {ANA, DAVE, QUOTE}),
    ("not (emails pr)", everyone_but(ANA, DAVE, QUOTE)),
    ("emails eq null", everyone_but(ANA, DAVE, QUOTE)),
    ("emails.display pr", {ANA}),
    ("emails.display eq null", everyone_but(ANA)),
    ('emails[type eq "work" and value co "@home"]', {DAVE}),
    ('emails[type eq "home" and value co "@home"]', {ANA, QUOTE}),
    ('emails[type eq "Work" and value eq "ana@home.example"]', set()),
    ('emails[type eq "work"].value eq "ana@example.org"', {ANA}),
    ("emails[primary eq true]", {ANA}),
    ('emails[primary eq "True"].value pr', {ANA}),
    ("emails[primary eq false]", {QUOTE}),
    ("emails[primary ne true]", {ANA, DAVE, QUOTE}),
    ("emails[not (primary pr)]", {ANA, DAVE}),
    ("emails.primary eq false", {QUOTE}),
    ('emails[type eq "work" or display pr]', {ANA, DAVE}),
    ('emails[not (type eq "work") and value gt "b"]', {QUOTE}),
    ('emails[type eq "work" and type eq "home"]', set()),
    ("emails[display eq null]", {ANA, DAVE, QUOTE}),
]
RANK = [
    ('userName eq "bare" or active eq false and department eq "none"', {BARE}),
    ('(userName eq "bare" or active eq false) and externalId eq "100"', {BARE}),
    ('not (active eq true) or userName eq "rtl"', {DAVE, RTL}),
    ('not(active eq true) AND userName sw "dave"', {DAVE}),
    ('((((userName eq "bare"))))', {BARE}),
    ('  userName\teq   "bare"  ', {BARE}),
    ('(ActiVe eq false) and meta.lastmodified ge "2020-01-01T00:00:00Z"', {DAVE}),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    TEXT + EXACT + LITERAL + UNICODE + TYPED + EXTENSIONS + ELEMENTS + RANK,
)
def test_finds(users: list[User], text: str, expected: set[str]) -> None:
    assert found(text) == expected
    assert found(f"not ({text})") == ALL - expected


def test_ids(users: list[User]) -> None:
    ana = users[0]
    assert found(f'id eq "{ana.id}"') == {ANA}
    assert found(f'id ne "{ana.id}"') == everyone_but(ANA)
    assert found('id eq "no-uuid"') == set()
    assert found('id ne "no-uuid"') == set(ALL)
    assert found(f'id eq "{str(ana.id).upper()}"') == set()
    assert ANA in found(f'id sw "{str(ana.id)[:6]}"')
    assert found(f'id co "{str(ana.id)[20:]}"') == {ANA}
    assert found(f'id lt "{ana.id}" or id gt "{ana.id}"') == everyone_but(ANA)
    assert found(f'id eq "{ana.id}" and manager eq "{ana.id}"') == set()
    assert found(f'meta.location eq "https://any.example/scim/v2/Users/{ana.id}"') == {ANA}
    assert found(f'meta.location ne "https://any.example/scim/v2/Users/{ana.id}"') == (
        everyone_but(ANA)
    )
    assert found('meta.location eq "https://any.example/scim/v2/Users/7"') == set()


def test_groups_of_a_user(users: list[User], groups: list[Group]) -> None:
    sales, street, empty = groups
    assert found(f'groups eq "{sales.id}"') == {ANA, DAVE}
    assert found(f'groups.value eq "{street.id}"') == {DAVE}
    assert found(f'groups.value ne "{sales.id}"') == everyone_but(ANA, DAVE)
    assert found(f'groups.value eq "{empty.id}"') == set()
    assert found('groups.value eq "no-uuid"') == set()
    assert found('groups.display co "50%"') == {DAVE}
    assert found('groups.type eq "DIRECT"') == {ANA, DAVE}
    assert found('groups.type eq "indirect"') == set()
    assert found("groups pr") == {ANA, DAVE}
    assert found("not (groups pr)") == everyone_but(ANA, DAVE)
    assert found(f'groups.$ref eq "/scim/v2/Groups/{street.id}"') == {DAVE}
    assert found('groups[display eq "sales" and type eq "direct"]') == {ANA, DAVE}
    assert found('groups[display eq "sales" and display sw "s" and not (type pr)]') == set()


def test_members_of_a_group(users: list[User], groups: list[Group]) -> None:
    ana, dave, *_ = users
    assert found_groups(f'members eq "{ana.id}"') == {"Sales"}
    assert found_groups(f'members[value eq "{dave.id}"]') == {"Sales", "Straße 50%"}
    assert found_groups(f'id eq "{groups[0].id}" and members eq "{ana.id}"') == {"Sales"}
    assert found_groups(f'id eq "{groups[1].id}" and members eq "{ana.id}"') == set()
    assert found_groups("members pr") == {"Sales", "Straße 50%"}
    assert found_groups('members.type eq "user"') == {"Sales", "Straße 50%"}
    assert found_groups(f'members.value ne "{dave.id}"') == {"Empty"}
    assert found_groups("members eq null") == {"Empty"}
    assert found_groups('members.display sw "ana"') == {"Sales"}
    assert found_groups('displayName eq "STRASSE 50%"') == {"Straße 50%"}
    assert found_groups('externalId eq "G-1"') == {"Sales"}
    assert found_groups('meta.resourceType eq "Group"') == {"Sales", "Straße 50%", "Empty"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("active gt true", "boolean"),
        ('active co "t"', "boolean"),
        ('active eq "perhaps"', "perhaps"),
        ("active eq 1", "active"),
        ("userName eq 5", "userName"),
        ("userName eq true", "userName"),
        ("userName co null", "null"),
        ('meta.created gt "yesterday"', "yesterday"),
        ('meta.created eq "2026-02-30T00:00:00Z"', "2026-02-30"),
        ('meta.created co "2026"', "meta.created"),
        ("meta.created eq 5", "meta.created"),
        ('meta.location co "Users"', "meta.location"),
        ('surname eq "x"', "surname"),
        ('userName eq "a" and surname eq "x"', "surname"),
        ('userName eq "a" or not (surname pr)', "surname"),
        ('name.surname eq "x"', "name.surname"),
        ('name eq "x"', "name.formatted"),
        ('userName.first eq "x"', "userName.first"),
        ('emails[surname eq "x"]', "emails.surname"),
        ('emails[type eq "work" and emails.value eq "x"]', "emails.emails.value"),
        ("emails[primary gt true]", "boolean"),
        ('name[familyName eq "x"]', "one value"),
        ('userName[value eq "x"]', "userName"),
        ('urn:example:2.0:User:userName eq "x"', "urn:example"),
        (f'{IVANTI}:unregistered eq "x"', "unregistered"),
        (f'{ENTERPRISE} eq "x"', "schema"),
        ("", "end"),
        ("   ", "end"),
        ("userName", "end"),
        ("userName eq", "end"),
        ("userName eq bare", "bare"),
        ('userName like "x"', "like"),
        ('userName eq "x', '"x'),
        ('userName eq "x" and', "end"),
        ('(userName eq "x"', "end"),
        ('userName eq "x")', ")"),
        ("not userName pr", "userName"),
        ('userName eq "x" xor active eq true', "xor"),
        ("userName eq 1e999", "1e999"),
        (f"userName eq {'9' * 5000}", "not valid"),
        ("(" * 1000, "end"),
        ("not (" * 1000 + "active pr" + ")" * 1000, "nests"),
        ("userName eq '' or 1=1", "'"),
        (f'userName eq "{"x" * 9000}"', "longer"),
        ("\x00", "not valid"),
        ("\ud800 pr", "not valid"),
    ],
)
def test_refuses(text: str, named: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        compile_filter(text, USER_TYPE)
    assert named in caught.value.detail
    assert len(caught.value.detail) < 250
    json.dumps(caught.value.to_dict()).encode()


@pytest.mark.parametrize("text", [None, 5, [], {}, True])
def test_refuses_what_is_no_text(text: object) -> None:
    with pytest.raises(InvalidFilter):
        compile_filter(text, USER_TYPE)


def test_unquoted_values(users: list[User]) -> None:
    assert found("externalId eq Ext-1", unquoted=True) == {ANA}
    assert found("externalId eq 100", unquoted=True) == {BARE}
    assert found('externalId eq 100 and userName eq "bare"', unquoted=True) == {BARE}
    assert found("emails[type eq work].value eq dave@home.example", unquoted=True) == {DAVE}
    assert found('active eq true and displayName co " eq off"', unquoted=True) == set()
    assert found("(active eq false)", unquoted=True) == {DAVE}


def test_long_chains(users: list[User]) -> None:
    chain = " or ".join(f'id eq "{number}"' for number in range(500))
    assert found(f'{chain} or userName eq "bare"') == {BARE}
    assert found("(" * 1000 + "active eq false" + ")" * 1000) == {DAVE}
    terms = " and ".join(["userName pr"] * 500)
    assert found(terms) == ALL


@pytest.fixture
def crowd() -> None:
    """Store 20,000 users and one group with a tenth of them, and let the planner know."""
    users = User.objects.bulk_create(
        (
            User(
                user_name=f"user{number}@example.org",
                external_id=f"ext-{number}",
                display_name=f"User {number}",
                emails=[{"value": f"user{number}@example.org", "type": "work"}],
            )
            for number in range(20_000)
        ),
        batch_size=2000,
    )
    groups = Group.objects.bulk_create(
        Group(display_name=f"Group {number}", external_id=f"g-{number}") for number in range(2000)
    )
    Membership.objects.bulk_create(
        Membership(group=groups[number % 10], user=user) for number, user in enumerate(users[:2000])
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE directory_user, directory_group, directory_membership")


def plan_of(rows: QuerySet[Any]) -> str:
    """Return how the database reads the rows."""
    return rows.explain()


@pytest.mark.usefixtures("crowd")
def test_lookups_of_identity_providers_read_an_index() -> None:
    live = User.objects.filter(deprovisioned_at=None)
    some = User.objects.first()
    group = Group.objects.first()
    assert some is not None
    assert group is not None
    for text, index in (
        ('userName eq "USER77@example.org"', "directory_user_name"),
        ('externalId eq "ext-77"', "directory_user_external"),
        (f'id eq "{some.id}"', "directory_user_pkey"),
        ('emails.value eq "user77@example.org"', "directory_emails"),
        ('emails[type eq "work" and value eq "user77@example.org"]', "directory_emails"),
        ('emails[type eq "work"].value eq "user77@example.org"', "directory_emails"),
        (f'groups.value eq "{group.id}" and id eq "{some.id}"', "directory_user_pkey"),
    ):
        plan = plan_of(live.filter(compile_filter(text, USER_TYPE)).order_by("id")[:100])
        assert index in plan, text
        assert "Seq Scan" not in plan, text
    for text, index in (
        ('displayName eq "GROUP 77"', "directory_group_name_unique"),
        ('externalId eq "g-77"', "directory_group_external"),
        (f'members eq "{some.id}" and id eq "{group.id}"', "directory_membership"),
        (f'members eq "{some.id}"', "directory_membership_user"),
    ):
        plan = plan_of(Group.objects.filter(compile_filter(text, GROUP_TYPE)).order_by("id")[:100])
        assert index in plan, text


def test_every_condition_is_two_valued(users: list[User]) -> None:
    everyone = User.objects.count()
    for text in ("emails.display eq null", 'costCode eq "x"', 'emails[display ne "x"]'):
        condition: Q = compile_filter(text, USER_TYPE)
        held = User.objects.filter(condition).count()
        assert held + User.objects.filter(~condition).count() == everyone
