"""Filters against a naive evaluator over plain dictionaries, which knows none of our code."""

import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from scim_provisioning.directory.models import User
from scim_provisioning.scim.filters import compile_filter
from tests.scim.people import USER_TYPE

Node = tuple[Any, ...]

WORDS = [
    "",
    "a",
    "A",
    "b",
    "Ab",
    "aB%",
    "a_b",
    "ß",
    "SS",
    "é",
    "e\u0301",
    "İ",
    "ı",
    "\U0001f389",
    '"\\',
]
texts = st.sampled_from(WORDS)
emails = st.lists(
    st.fixed_dictionaries(
        {"value": st.sampled_from(WORDS[1:])},
        optional={
            "type": st.sampled_from(["work", "Home"]),
            "primary": st.booleans(),
            "display": texts,
        },
    ),
    max_size=3,
)
days = st.integers(1, 4)
people = st.lists(
    st.fixed_dictionaries(
        {
            "userName": st.sampled_from(WORDS[1:]),
            "externalId": texts,
            "displayName": texts,
            "department": texts,
            "active": st.booleans(),
            "emails": emails,
            "costCode": texts,
            "created": days,
        }
    ),
    max_size=6,
)

TEXTS = ("userName", "displayName", "department", "costCode", "externalId")
EMAIL_TEXTS = ("value", "type", "display")
OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")


def text_tests(names: tuple[str, ...]) -> st.SearchStrategy[Node]:
    """Return comparisons of texts, and tests of presence."""
    compared = st.tuples(st.sampled_from(OPERATORS), st.sampled_from(names), texts)
    absent = st.tuples(st.sampled_from(("eq", "ne")), st.sampled_from(names), st.none())
    return compared | absent | st.tuples(st.just("pr"), st.sampled_from(names))


def joined(leaves: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Return leaves joined by and, or, not."""
    return st.recursive(
        leaves,
        lambda inner: (
            st.tuples(st.sampled_from(("and", "or")), inner, inner)
            | st.tuples(st.just("not"), inner)
        ),
        max_leaves=5,
    )


booleans = st.tuples(st.sampled_from(("eq", "ne")), st.just("active"), st.booleans())
primaries = st.tuples(
    st.sampled_from(("eq", "ne")), st.just("primary"), st.booleans() | st.none()
) | st.just(("pr", "primary"))
moments = st.tuples(
    st.sampled_from(("eq", "ne", "gt", "ge", "lt", "le")), st.just("meta.created"), days
)
within = joined(text_tests(EMAIL_TEXTS) | primaries)
filters = joined(
    text_tests(TEXTS)
    | booleans
    | moments
    | text_tests(tuple(f"emails.{name}" for name in EMAIL_TEXTS))
    | st.tuples(st.just("[]"), within)
    | st.just(("pr", "emails"))
)


def written(node: Node) -> str:
    """Return a filter as a client writes it."""
    if node[0] in ("and", "or"):
        return f"({written(node[1])}) {node[0]} ({written(node[2])})"
    if node[0] == "not":
        return f"not ({written(node[1])})"
    if node[0] == "[]":
        return f"emails[{written(node[1])}]"
    if node[0] == "pr":
        return f"{node[1]} pr"
    value = node[2]
    if node[1] == "meta.created":
        value = f"2026-01-0{value}T00:00:00Z"
    return f"{node[1]} {node[0]} {json.dumps(value)}"


def same_case(text: str) -> str:
    """Return text as caseExact false compares it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "co": lambda stored, value: value in stored,
    "sw": lambda stored, value: stored.startswith(value),
    "ew": lambda stored, value: stored.endswith(value),
    "gt": lambda stored, value: stored > value,
    "ge": lambda stored, value: stored >= value,
    "lt": lambda stored, value: stored < value,
    "le": lambda stored, value: stored <= value,
}


def leaf_holds(operator: str, stored: Any, value: Any, exact: bool) -> bool:
    """Return whether one value compares so; None and "" are absent."""
    if isinstance(stored, str) and not exact:
        stored = same_case(stored)
    if isinstance(value, str) and not exact:
        value = same_case(value)
    stored = None if stored == "" else stored
    if operator == "pr":
        return stored is not None
    if operator in ("eq", "ne"):
        value = None if value == "" else value
        return (stored == value) is (operator == "eq")
    return stored is not None and COMPARE[operator](stored, value)


def holds(node: Node, person: dict[str, Any]) -> bool:
    """Return whether a person, or an e-mail address, satisfies a filter."""
    if node[0] == "and":
        return holds(node[1], person) and holds(node[2], person)
    if node[0] == "or":
        return holds(node[1], person) or holds(node[2], person)
    if node[0] == "not":
        return not holds(node[1], person)
    if node[0] == "[]":
        return any(holds(node[1], email) for email in person["emails"])
    operator, name, value = node[0], node[1], node[2] if len(node) > 2 else None
    if name == "emails":
        return bool(person["emails"])
    if name.startswith("emails."):
        return emails_hold(operator, name.removeprefix("emails."), value, person["emails"])
    stored = person.get(name.removeprefix("meta."))
    return leaf_holds(operator, stored, value, name == "externalId")


def emails_hold(operator: str, key: str, value: Any, found: list[dict[str, Any]]) -> bool:
    """Return whether any address compares so; ``ne`` is "none is equal"."""
    if operator == "ne":
        return not emails_hold("eq", key, value, found)
    if operator == "eq" and value in (None, ""):
        return not any(email.get(key) for email in found)
    return any(leaf_holds(operator, email.get(key), value, False) for email in found)


def store(person: dict[str, Any], number: int) -> User:
    """Return the user that keeps a person; the userName is told apart by no filter."""
    moment = datetime(2026, 1, person["created"], tzinfo=UTC)
    return User(
        user_name=person["userName"],
        external_id=person["externalId"],
        display_name=person["displayName"],
        department=person["department"],
        active=person["active"],
        emails=person["emails"],
        custom={"costCode": person["costCode"]} if person["costCode"] else {},
        created_at=moment,
        deprovisioned_at=moment,
        version=number,
    )


class FilterTest(TestCase):
    """The rows of a compiled filter are those of the naive evaluator."""

    @settings(max_examples=300, deadline=None)
    @given(people=people, node=filters)
    def test_rows(self, people: list[dict[str, Any]], node: Node) -> None:
        stored = [store(person, number) for number, person in enumerate(people)]
        User.objects.bulk_create(stored)
        condition = compile_filter(written(node), USER_TYPE)
        found = set(User.objects.filter(condition).values_list("version", flat=True))
        expected = {number for number, person in enumerate(people) if holds(node, person)}
        assert found == expected, written(node)
