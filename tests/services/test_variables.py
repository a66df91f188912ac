"""``${variables}``: what texts become, which are refused, and what each user has for them."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import deprovision_user
from scim_provisioning.settings import substitution
from scim_provisioning.settings.substitution import TextError, substitute, used_variables
from scim_provisioning.settings.user_values import SOURCES, user_values, users_without
from scim_provisioning.settings.variables import BUILT_IN, KINDS, VARIABLES
from tests.portal.people import OKTA, person

VALUES = {
    "userUID": "ana@ex.org",
    "department": "R&D $$ ${userUID}",
    "userFirstName": "",
    "costCenter": "CC-7",
}


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("", ""),
        ("no variable", "no variable"),
        ("${userUID}", "ana@ex.org"),
        ("<${userUID}> ${costCenter}/${userUID}", "<ana@ex.org> CC-7/ana@ex.org"),
        ("a${userFirstName}b", "ab"),
        ("${department}", "R&D $$ ${userUID}"),
        ("${COSTCENTER} ${costcenter}", "CC-7 CC-7"),
        ("${USERUID} ${Department}", "${USERUID} ${Department}"),
        ("$${userUID}", "${userUID}"),
        ("$$${userUID}", "$ana@ex.org"),
        ("$$$${userUID}", "$${userUID}"),
        ("$5 and $ and $$", "$5 and $ and $"),
        ("$userUID {userUID} $ {userUID}", "$userUID {userUID} $ {userUID}"),
        ("${nobody}", "${nobody}"),
        ("${}", "${}"),
        ("${userUID", "${userUID"),
        ("${ userUID }", "${ userUID }"),
        ("${${userUID}}", "${ana@ex.org}"),
        ("${user\nUID}", "${user\nUID}"),
        ("\x00${userUID}\U0001f98a", "\x00ana@ex.org\U0001f98a"),
    ],
)
def test_a_text_is_filled_in_one_pass(text: str, becomes: str) -> None:
    assert substitute(text, VALUES) == becomes


def naive(text: str, values: Mapping[str, str]) -> str:
    """Return what ``substitute`` shall, letter by letter."""
    out, rest = "", text
    while rest:
        inside, brace, after = rest[2:].partition("}")
        if rest.startswith("$$"):
            out, rest = f"{out}$", rest[2:]
        elif rest.startswith("${") and brace and "{" not in inside and _known(inside, values):
            out, rest = out + values[str(_known(inside, values))], after
        elif rest.startswith("${") and brace and "{" not in inside:
            out, rest = f"{out}${{{inside}}}", after
        elif rest.startswith("${"):
            out, rest = f"{out}${{", rest[2:]
        else:
            out, rest = out + rest[0], rest[1:]
    return out


def _known(name: str, values: Mapping[str, str]) -> str | None:
    for candidate in values:
        if candidate == name:
            return candidate
    for candidate in values:
        if candidate not in BUILT_IN and candidate.casefold() == name.casefold():
            return candidate
    return None


PIECES = st.sampled_from(
    ["$", "$$", "{", "}", "${", "${userUID}", "${COSTcenter}", "${x}", "userUID", "é", " ", "\n"]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=30)


@given(text=TEXTS, values=st.fixed_dictionaries({"userUID": TEXTS, "costCenter": TEXTS}))
def test_a_text_is_filled_as_a_naive_reader_would(text: str, values: dict[str, str]) -> None:
    assert substitute(text, values) == naive(text, values)


@given(text=TEXTS)
def test_a_text_with_all_dollars_doubled_comes_out_as_it_was(text: str) -> None:
    assert substitute(text.replace("$", "$$"), VALUES) == text


@given(text=TEXTS, values=st.fixed_dictionaries({"userUID": TEXTS, "costCenter": TEXTS}))
def test_what_may_be_saved_is_filled_wholly(text: str, values: dict[str, str]) -> None:
    try:
        used = used_variables(text, values)
    except TextError:
        return
    blank = substitute(text, dict.fromkeys(values, ""))
    for name in values:
        changed = substitute(text, dict.fromkeys(values, "") | {name: "\uffff"})
        assert (changed != blank) == (name in used)


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("plain $ text $5 $$ {x}", ()),
        ("${userUID}${COSTCENTER}${userUID}", ("userUID", "costCenter")),
        ("$${nobody}", ()),
        ("$$${costCenter}", ("costCenter",)),
        ("${edipi}", ("edipi",)),
    ],
)
def test_the_variables_of_a_text_in_their_own_spelling(text: str, used: tuple[str, ...]) -> None:
    assert used_variables(text, [*BUILT_IN, "costCenter"]) == used


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${costCentre}", "There is no variable ${costCentre}. Did you mean ${costCenter}?"),
        ("${useruid}", "There is no variable ${useruid}. Did you mean ${userUID}?"),
        ("${userEmailAdress}", "Did you mean ${userEmailAddress}?"),
        ("${qqqq}", "There is no variable ${qqqq}."),
        ("${}", "There is no variable ${}."),
        ("${ userUID}", "Did you mean ${userUID}?"),
        ("ok ${userUID} ${userUI}", "Did you mean ${userUID}?"),
        ("${userUID", "must end with"),
        ("${message:${email.footer}}", "must end with"),
        ("${" + "x" * 1000 + "}", "x" * 64 + "…"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_name(text: str, reason: str) -> None:
    with pytest.raises(TextError) as refusal:
        used_variables(text, [*BUILT_IN, "costCenter"])
    assert reason in str(refusal.value)


def test_nothing_is_near_to_nothing() -> None:
    assert substitution.nearest("", BUILT_IN) is None
    assert substitution.nearest("userUID", ()) is None


def test_each_built_in_variable_says_what_it_stands_for() -> None:
    assert len(set(BUILT_IN)) == len(BUILT_IN) == len(VARIABLES)
    assert all(str(built_in.stands_for) and built_in.kind in KINDS for built_in in VARIABLES)
    assert set(SOURCES) < set(BUILT_IN)


PEOPLE: tuple[dict[str, Any], ...] = (
    {},
    {"emails": ({"value": "a@b@ex.org"},), "department": "Sales", "given_name": "Ana"},
    {"emails": ({"value": "@ex.org"},), "family_name": "Ruiz", "custom": {"costCenter": "CC-7"}},
    {"emails": ({"value": "@@"},), "custom": {"badge": "${userUID}", "locale": "fr_FR"}},
    {"emails": ({"value": "nowhere"},), "custom": {"locale": "xx", "badge": ""}},
    {"emails": ({"value": "ana@"},), "active": False},
    {"emails": ({"value": "ana\n@ex.org\n"},)},
    {"emails": ({"value": "@\n"},)},
)


@pytest.mark.django_db
def test_a_user_has_a_value_of_every_variable() -> None:
    emails = ({"value": "x@ex.org"}, {"value": "ana.r@corp.ex", "primary": True})
    custom = {"costCenter": "CC-7", "locale": "es"}
    ana = person("ana", emails=emails, department="R&D", given_name="Ana", custom=custom)
    values = user_values(ana, ["costCenter", "badge"])
    assert set(values) == {*BUILT_IN, "costCenter", "badge"}
    assert values.pop("timestampMS").isdigit()
    assert {name: value for name, value in values.items() if value} == {
        "userUID": "ana@ex.org",
        "userUIDLocalPart": "ana",
        "userUIDDomain": "ex.org",
        "userEmailAddress": "ana.r@corp.ex",
        "userEmailAddressLocalPart": "ana.r",
        "userEmailAddressDomain": "corp.ex",
        "userFirstName": "Ana",
        "userDisplayName": "ana",
        "department": "R&D",
        "userLocale": "es",
        "costCenter": "CC-7",
    }


@pytest.mark.django_db
def test_the_database_finds_those_whose_value_is_empty() -> None:
    people = [person(f"person {number}", **state) for number, state in enumerate(PEOPLE)]
    gone = person("gone")
    deprovision_user(user_id=gone.pk, actor=OKTA)
    custom = ["costCenter", "badge"]
    empty: dict[str, set[User]] = {}
    for name in [*BUILT_IN, *custom]:
        empty[name] = {user for user in people if not user_values(user, custom)[name]}
        assert (name, set(users_without([name]))) == (name, empty[name])
    two = ["department", "badge"]
    assert set(users_without(two)) == empty["department"] | empty["badge"]
    assert not users_without([]).exists()
