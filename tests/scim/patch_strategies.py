"""Users and PATCH operations on them, each as a client sends it and as the steps that it means."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.scim.filter_model import Node, is_readable
from tests.scim.patch_model import (
    ABSENT,
    EMAIL_PARTS,
    ENTERPRISE,
    IVANTI,
    NAME_PARTS,
    USER,
    Step,
    Target,
)

Operation = tuple[dict[str, Any], list[Step]]
"""An operation as a client sends it, and the steps that it means."""

WORDS = ["a", "A", "ß", "SS", "é", "e\u0301", "\U0001f389", '"\\', "50%_", "x" * 300]
BLANK: list[Any] = ["", None]
WRONG: list[Any] = [5, 1.5, True, [], ["a"], {}, {"a": 1}, "a\0b", "x" * 1025]


def mostly(usual: st.SearchStrategy[Any], rare: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return the usual, and once in sixteen times the rare: a refusal hides all else."""
    return st.sampled_from([usual] * 15 + [rare]).flatmap(lambda chosen: chosen)


texts = mostly(st.sampled_from(WORDS * 2 + BLANK), st.sampled_from(WRONG))
casings: st.SearchStrategy[Callable[[str], str]] = st.sampled_from(
    [str, str, str.lower, str.upper, str.swapcase]
)
booleans = mostly(st.sampled_from([True, False, None]), st.sampled_from(["true", "", 1]))


def odd_keys(mapping: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return the mappings with their keys in some letter case."""
    return st.builds(lambda item, case: {case(key): item[key] for key in item}, mapping, casings)


email_values = st.sampled_from(["a@x.org", "A@X.org", "b@x.org", "ß@x.org"])
email_types = st.sampled_from(["work", "Home", "other"])
good_email = st.fixed_dictionaries(
    {"value": email_values},
    optional={
        "type": email_types,
        "display": st.sampled_from(["D", "d"]),
        "primary": st.booleans(),
    },
)
any_email = odd_keys(
    st.fixed_dictionaries(
        {},
        optional={
            "value": email_values | texts,
            "type": email_types | texts,
            "display": texts,
            "primary": booleans,
            "foo": texts,
        },
    )
)
sent_email = mostly(good_email | odd_keys(good_email), any_email)
email_lists = mostly(st.lists(sent_email, max_size=3) | sent_email | st.none(), texts)


def parts_of(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with some of these members, in some letter case."""
    return odd_keys(st.fixed_dictionaries({}, optional=dict.fromkeys(names, texts)))


name_objects = parts_of(*NAME_PARTS, "middleName", "shoe")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "userName": mostly(st.sampled_from(["Ana", "ANA", "ana"]), st.just("Bea") | texts),
    "active": booleans,
    "name": mostly(name_objects | st.none(), texts),
    "emails": email_lists,
    ENTERPRISE: mostly(parts_of("department", "x"), texts),
    IVANTI: mostly(parts_of("costCode", "x"), texts),
    "emails.value": mostly(email_values, texts),
    "emails.type": mostly(email_types, texts),
    "emails.primary": booleans,
}

leaves = (
    st.tuples(st.sampled_from(["eq", "eq", "ne"]), st.just("value"), email_values)
    | st.tuples(
        st.sampled_from(["eq", "eq", "eq", "ne", "co", "sw", "ew", "gt", "le"]),
        st.sampled_from(["type", "type", "display", "value"]),
        email_types | st.sampled_from(["", "d"]),
    )
    | st.tuples(st.sampled_from(["eq", "ne"]), st.just("primary"), st.booleans() | st.none())
    | st.tuples(st.just("pr"), st.sampled_from(EMAIL_PARTS))
)
bad_leaves: st.SearchStrategy[Node] = st.sampled_from(
    [("eq", "foo", "x"), ("gt", "primary", True), ("co", "type", None), ("eq", "type", True)]
)


def joined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Return filters joined of others."""
    pairs = st.tuples(st.sampled_from(["and", "and", "or"]), inner, inner)
    return pairs | st.tuples(st.just("not"), inner)


filters: st.SearchStrategy[Node] = st.recursive(leaves, joined, max_leaves=3)
any_filter = mostly(filters, st.recursive(leaves | bad_leaves, joined, max_leaves=2))


def written(node: Node, case: Callable[[str], str]) -> str:
    """Return a filter as a client writes it."""
    if node[0] in ("and", "or"):
        left, right = written(node[1], case), written(node[2], case)
        return f"({left}) {case(node[0])} ({right})"
    if node[0] == "not":
        return f"{case('not')} ({written(node[1], case)})"
    if node[0] == "pr":
        return f"{case(node[1])} {case('pr')}"
    return f"{case(node[1])} {case(node[0])} {json.dumps(node[2])}"


URN_OF = {"department": ENTERPRISE, "costCode": IVANTI}


@st.composite
def targets(draw: st.DrawFn) -> tuple[str, Target]:
    """Return a target that a user has, and a path to it."""
    case = draw(casings)
    kind = draw(st.sampled_from(["simple", "name", "emails", "emails", "extension", "whole"]))
    if kind == "simple":
        name = draw(st.sampled_from(["displayName", "externalId", "active", "userName"]))
        path, target = case(name), Target(name)
    elif kind == "name":
        sub = draw(st.none() | st.sampled_from(NAME_PARTS))
        path, target = case("name" + (f".{sub}" if sub else "")), Target("name", None, sub)
    elif kind == "emails":
        where, sub = draw(st.none() | any_filter), draw(st.none() | st.sampled_from(EMAIL_PARTS))
        brackets = f"[{written(where, case)}]" if where else ""
        path = case("emails") + brackets + (f".{case(sub)}" if sub else "")
        target = Target("emails", where, sub)
    elif kind == "extension":
        name = draw(st.sampled_from(sorted(URN_OF)))
        return f"{case(URN_OF[name])}:{case(name)}", Target(name)
    else:
        urn = draw(st.sampled_from([ENTERPRISE, IVANTI]))
        return case(urn), Target(urn)
    prefix = draw(st.sampled_from(["", "", "", f"{case(USER)}:"]))
    return prefix + path, target


STRAYS: list[tuple[str, Step]] = [
    ("shoeSize", Step("", Target(""), fault="invalidPath")),
    ("displayName.x", Step("", Target(""), fault="invalidPath")),
    ("emails.x", Step("", Target(""), fault="invalidPath")),
    ('emails[type eq "work"].x', Step("", Target(""), fault="invalidPath")),
    ("department", Step("", Target(""), fault="invalidPath")),
    ("urn:x:2.0:User:y", Step("", Target(""), fault="invalidPath")),
    (f"{ENTERPRISE}:x", Step("", Target(""), fault="invalidPath")),
    ('displayName[value eq "x"]', Step("", Target(""), fault="invalidPath")),
    ('name[formatted eq "x"].formatted', Step("", Target(""), fault="invalidPath")),
    ("id", Step("", Target(""), fault="mutability")),
    ("meta.created", Step("", Target(""), fault="mutability")),
    ("groups", Step("", Target(""), fault="mutability")),
    ('groups[value eq "x"]', Step("", Target(""), fault="mutability")),
    ("title", Step("", Target(""), ignored=True)),
    ('phoneNumbers[type eq "work"].value', Step("", Target(""), ignored=True)),
    ("name.middleName", Step("", Target(""), ignored=True)),
    (f"{USER}:name.honorificPrefix", Step("", Target(""), ignored=True)),
    (f"{ENTERPRISE}:manager", Step("", Target(""), ignored=True)),
    (f"{ENTERPRISE}:manager.value", Step("", Target(""), ignored=True)),
    (f"{IVANTI}:notRegistered", Step("", Target(""), ignored=True)),
]
"""Paths to what is unknown, read-only or not kept."""
SINGLE = ("displayName[", "name[")
"""Filters on what has one value: no name is unknown in them, so an object's key is refused too."""
BROKEN = [
    "emails[type eq",
    "emails[]",
    "a b",
    ".",
    "[",
    "emails[type eq work]",
    ":",
    "emails..value",
]


def value_for(target: Target) -> st.SearchStrategy[Any]:
    """Return values for a target, most of them good."""
    if target.attribute == "emails" and target.where is not None and target.sub is None:
        return mostly(sent_email, texts)
    sub = f".{target.sub}" if target.sub else ""
    return VALUES.get(target.attribute + sub, texts)


verbs = st.sampled_from(["add", "replace", "remove"])


@st.composite
def with_path(draw: st.DrawFn) -> Operation:
    """Return an operation on a path."""
    verb = draw(verbs)
    path, target = draw(targets())
    value = draw(value_for(target))
    if verb == "remove":
        listed = st.lists(sent_email, max_size=2) if target.attribute == "emails" else st.just(1)
        value = draw(st.just(ABSENT) | st.just(ABSENT) | st.none() | listed)
        step = step_of(verb, target, value if target.attribute == "emails" else ABSENT)
    else:
        step = step_of(verb, target, value)
    return operation(verb, path, value, draw(casings)), [step]


def step_of(verb: str, target: Target, value: Any) -> Step:
    """Return a step; a filter that cannot be read, or no object for an extension, is a fault."""
    fault = None
    if target.where is not None and not is_readable(target.where, EMAIL_PARTS):
        fault = "invalidFilter"
    if target.attribute in (ENTERPRISE, IVANTI) and verb != "remove":
        fault = fault if isinstance(value, dict | None) else "invalidValue"
    return Step(verb, target, value, fault)


@st.composite
def without_path(draw: st.DrawFn) -> Operation:
    """Return an operation on an object of attributes, with dotted, URN and value-path keys."""
    verb = draw(st.sampled_from(["add", "replace"]))
    value, steps = {}, []
    for path, target in draw(st.lists(targets(), max_size=3, unique_by=lambda item: item[0])):
        value[path] = draw(value_for(target))
        steps.append(step_of(verb, target, value[path]))
    if draw(mostly(st.just(False), st.just(True))):
        path, stray = draw(st.sampled_from(STRAYS))
        is_unknown = stray.fault == "invalidPath" and not path.startswith(SINGLE)
        value[path] = "x"
        steps.append(Step(verb, Target(""), ignored=True) if is_unknown else stray)
    path = draw(st.sampled_from([ABSENT, ABSENT, None, ""]))
    return operation(verb, path, value, draw(casings)), steps


def operation(verb: str, path: Any, value: Any, case: Callable[[str], str]) -> dict[str, Any]:
    """Return an operation as a client sends it."""
    found = {"op": case(verb), "path": path, "value": value}
    return {case(name): item for name, item in found.items() if item is not ABSENT}


def refused(scim_type: str, **members: Any) -> Operation:
    """Return an operation that makes no sense whatever the resource is."""
    return members, [Step("", Target(""), fault=scim_type)]


strays = st.builds(
    lambda verb, stray: (operation(verb, stray[0], "x", str), [stray[1]]),
    verbs,
    st.sampled_from(STRAYS),
)
nonsense = st.sampled_from(
    [
        refused("noTarget", op="remove"),
        refused("noTarget", op="remove", path="", value=["a"]),
        refused("invalidValue", op="replace", path="displayName"),
        refused("invalidValue", op="add"),
        refused("invalidValue", op="add", value=["displayName"]),
        refused("invalidValue", op="replace", value='{"active":false}'),
        refused("invalidPath", op="replace", path=5, value="x"),
        refused("invalidSyntax", op="move", path="displayName", value="x"),
        refused("invalidSyntax", op=["add"], path="displayName", value="x"),
        refused("invalidSyntax", path="displayName", value="x"),
        *(refused("invalidPath", op="remove", path=path) for path in BROKEN),
    ]
)
usual = st.one_of(*[with_path()] * 4, *[without_path()] * 2)
operations = st.lists(
    mostly(usual, strays | nonsense),
    min_size=1,
    max_size=4,
)

users = st.fixed_dictionaries(
    {"userName": st.just("Ana"), "active": st.booleans()},
    optional={
        "displayName": st.sampled_from(WORDS[:-1]),
        "externalId": st.sampled_from(WORDS),
        "name": st.dictionaries(st.sampled_from(NAME_PARTS), st.sampled_from(WORDS), min_size=1),
        "emails": st.lists(good_email, min_size=1, max_size=3).filter(
            lambda emails: sum(email.get("primary", False) for email in emails) < 2
        ),
        ENTERPRISE: st.fixed_dictionaries({"department": st.sampled_from(WORDS[:-1])}),
        IVANTI: st.fixed_dictionaries({"costCode": st.sampled_from(WORDS)}),
    },
)
