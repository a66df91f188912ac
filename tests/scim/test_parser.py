"""The parser against that of scim2-models, which is another one: what it reads, what it refuses."""

import re
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scim2_models import Path, ScimFilter
from scim2_models.exceptions import SCIMException

from scim_provisioning.scim.parser import Malformed, read_filter, read_path

READERS = {"filter": (read_filter, ScimFilter), "path": (read_path, Path)}
TOKENS = (
    *("userName", "emails", "emails.type", "a-b_$", "$ref", "members.$ref", "x.y.z", "andy", "pry"),
    *(
        "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName",
        "URN:a:b",
        "urn:a:b:c",
        "urn::",
    ),
    *("eq", "NE", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "PR", "eqx", "like"),
    *('"a"', '""', r'"\"\\\/\b\u00e9\ud83d"', r'"\x"', r'"\U0041"', '"a', '"\t"', "'a'", "ü"),
    *("0", "-1", "01", "1.5", "2E3", "1e-2", "1.", "true", "FALSE", "null", "truey"),
    *("and", "OR", "not", "NOT", "(", ")", "[", "]", ".", ".value", "].value", "][", ",", ":"),
)
BLANKS = st.sampled_from(("", " ", " ", " ", "  ", "\t"))
nonsense = st.lists(st.sampled_from(TOKENS) | BLANKS, max_size=12).map(" ".join)
names = st.sampled_from(
    ("userName", "name.familyName", "urn:a:2.0:User:x", "not-this", "eq", "$ref")
)
values = st.sampled_from(('"a"', '"]) or"', r'"\u0041"', "true", "Null", "-1.5e3", "0", "12"))
operators = st.sampled_from(("eq", "Ne", "co", "sw", "ew", "gt", "ge", "lt", "le"))


def spaced(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    """Return the parts with blanks between them, as many as may be."""
    each = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*each).map(" ".join)


def joined(leaves: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return leaves joined in every way; ranks of operators are left to the parser."""
    return st.recursive(
        leaves,
        lambda inner: (
            spaced(inner, st.sampled_from(("and", "or", "AND")), inner)
            | spaced("(", inner, ")")
            | spaced(st.sampled_from(("not", "Not")), "(", inner, ")")
            | st.tuples(st.just("not("), inner, st.just(")")).map("".join)
        ),
        max_leaves=8,
    )


tests = spaced(names, st.sampled_from(("pr", "PR"))) | spaced(names, operators, values)
selections = st.tuples(
    st.sampled_from(("emails[", "urn:a:2.0:User:x [ ", "name.familyName[")),
    joined(tests),
    st.sampled_from(("]", " ] ", "].value", "].value pr", '] . $ref eq "x"')),
).map("".join)
filters = joined(tests | selections)
cut = st.tuples(filters | selections, st.integers(0, 80), st.integers(0, 3)).map(
    lambda drawn: drawn[0][: drawn[1]] + drawn[0][drawn[1] + drawn[2] :]
)


def tree(node: Any) -> Any:
    """Return a tree of theirs or ours as plain tuples."""
    if isinstance(node, tuple):
        return tuple(tree(each) for each in node)
    names = [field.name for field in fields(node)] if hasattr(node, "__slots__") else []
    return (type(node).__name__, *(tree(getattr(node, name)) for name in names)) if names else node


def ours(kind: str, text: str) -> Any:
    """Return our tree, or where the text goes wrong; -1 is for another reason."""
    try:
        return tree(READERS[kind][0](text))
    except Malformed as error:
        return -1 if error.reason else error.at


def theirs(kind: str, text: str) -> Any:
    """Return the tree of scim2-models, or where the text goes wrong."""
    try:
        return tree(READERS[kind][1][Any](text).ast)
    except SCIMException as error:
        if "URN" in str(error.detail):  # what a URN needs, grammar.py says
            return ours(kind, text)
        token = getattr(error.__cause__, "token", None)
        found = re.search(r"at column (\d+)", str(error.detail))
        ended = getattr(token, "type", "") == "$END"
        return len(text) if ended else int(found[1]) - 1 if found else -1


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=600, deadline=None)
@given(text=filters | selections | cut | nonsense)
@example(text="")
@example(text="a.b[c pr] xor")
def test_reads_and_refuses_what_scim2_models_does(kind: str, text: str) -> None:
    if kind == "path" and not text:
        return
    expected, found = theirs(kind, text), ours(kind, text)
    # Of two faults ours tells the first; scim2-models looks for the meaning of a text at its end.
    if -1 not in (expected, found) or isinstance(expected, tuple):
        assert found == expected
    else:
        assert isinstance(found, int)


def test_parentheses_of_any_depth_are_read() -> None:
    assert read_filter("(" * 4000 + "a pr" + ")" * 4000) == read_filter("a pr")


@pytest.mark.parametrize("depth", [32, 33])
def test_no_more_than_32_expressions_nest(depth: int) -> None:
    text = "not (" * depth + "a pr" + ")" * depth
    if depth <= 32:
        assert read_filter(text)
    else:
        with pytest.raises(Malformed, match="nests"):
            read_filter(text)
