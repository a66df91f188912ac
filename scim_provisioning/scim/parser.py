"""Reads filters and PATCH paths: the grammar of RFC 7644 as its errata 4690, 7122 and 7322 have it.

Parentheses go on a stack of ours, not on Python's: no text exhausts it. Beyond the grammar,
``emails[type eq "work"].value eq "x"`` is read, which Entra ID sends, as one filter in brackets.
"""

import json
import re
from functools import lru_cache
from math import isfinite

from scim_provisioning.scim.syntax import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    Literal,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

PathNode = AttrPath | ValuePath | Comparison | Present
Token = re.Match[str]

MAX_DEPTH = 32
"""So many expressions may nest: those who walk the tree use Python's stack."""
_REMEMBERED_LENGTH = 1024
"""A longer text is read each time, so that what is remembered stays small."""

BLANKS = " \t\f\r\n"
NAME = r"\$?[A-Za-z][A-Za-z0-9$_-]*"
_URN = r"urn(?::[A-Za-z0-9][A-Za-z0-9._-]*)+"
_STRING = r'(?-i:"(?:[^"\\\x00-\x1F]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*")'
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?"


def _words(*words: str) -> str:
    """Return the pattern of whole words."""
    return rf"(?:{'|'.join(words)})(?![A-Za-z0-9$_-])"


def _token(pattern: str) -> re.Pattern[str]:
    """Return the pattern of what may come next; blanks before it do not count."""
    return re.compile(rf"[{BLANKS}]*(?:{pattern})", re.IGNORECASE | re.ASCII)


_PATH = rf"(?:(?P<uri>{_URN}):)?(?P<attr>{NAME})(?:\.(?P<sub>{NAME}))?"
_START = _token(rf"(?P<open>{_words('not')}|\()|{_PATH}")
_OPENING = _token(r"\(")
_TEST = _token(rf"(?P<word>{_words('pr', *CompareOperator)})")
_TEST_OR_BRACKET = _token(rf"(?P<word>{_words('pr', *CompareOperator)}|\[)")
_VALUE = _token(rf"(?P<value>{_STRING}|{_NUMBER}|{_words('true', 'false', 'null')})")
_JOINT = _token(rf"(?P<word>{_words('and', 'or')}|\)|\]|\Z)")
_ATTRIBUTE = _token(_PATH)
_SUB_ATTRIBUTE = _token(rf"\.[{BLANKS}]*(?P<name>{NAME})")
_END = _token(r"\Z")


class Malformed(Exception):
    """The text is no filter, or no path: what is wrong with it, or where it goes wrong."""

    def __init__(self, reason: str = "", *, at: int = 0) -> None:
        """Tell the reason, else the index of the first character that cannot stand there."""
        super().__init__(reason)
        self.reason, self.at = reason, at


def read_filter(text: str) -> FilterNode:
    """Return the tree of a filter, else raise Malformed."""
    return _remembered_filter(text) if len(text) <= _REMEMBERED_LENGTH else _read_filter(text)


def read_path(text: str) -> PathNode:
    """Return the tree of a PATCH path, else raise Malformed."""
    return _remembered_path(text) if len(text) <= _REMEMBERED_LENGTH else _read_path(text)


def _read_filter(text: str) -> FilterNode:
    node = _Reader(text).expression("")
    _check_depth(node, "filter")
    return node


def _read_path(text: str) -> PathNode:
    reader = _Reader(text)
    path = _attr_path(reader.take(_ATTRIBUTE))
    if reader.find(_END):
        return path
    word = reader.take(_TEST_OR_BRACKET)["word"].lower()
    node = reader.selection(path) if word == "[" else reader.test(path, word)
    if isinstance(node, ValuePath) and (found := reader.find(_SUB_ATTRIBUTE)):
        node = ValuePath(path, node.val_filter, found["name"])
    reader.take(_END)
    _check_depth(node, "path")
    return node


_remembered_filter = lru_cache(maxsize=1024)(_read_filter)
_remembered_path = lru_cache(maxsize=1024)(_read_path)


class _Reader:
    """Reads one text from its start to its end."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def find(self, token: re.Pattern[str]) -> Token | None:
        """Return what comes next and go on behind it; None if it is something else."""
        found = token.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def take(self, token: re.Pattern[str]) -> Token:
        """Return what comes next and go on behind it, else raise Malformed."""
        found = self.find(token)
        if found is None:
            raise self.malformed()
        return found

    def malformed(self) -> Malformed:
        """Return that what comes next cannot stand there."""
        rest = self.text[self.at :].lstrip(BLANKS)
        return Malformed(at=len(self.text) - len(rest))

    def expression(self, end: str) -> FilterNode:
        """Return what stands before ``end``: a bracket, or "" at the end of the text."""
        groups = [_Group()]
        while True:
            path = self.open(groups)
            groups[-1].add(self.term(path, brackets=not end))
            word = self.close(groups, end)
            if word == end:
                return groups[0].node()
            groups[-1].go_on(word)

    def open(self, groups: list["_Group"]) -> AttrPath:
        """Open groups as long as parentheses come; return the attribute behind them."""
        while (found := self.take(_START))["attr"] is None:
            is_negated = found["open"] != "("
            if is_negated:
                self.take(_OPENING)
            groups.append(_Group(is_negated))
        return _attr_path(found)

    def close(self, groups: list["_Group"], end: str) -> str:
        """Close groups as long as parentheses come; return the word behind them, or the end."""
        while True:
            before, word = self.at, self.take(_JOINT)["word"].lower()
            if word in ("and", "or") or (word == end and len(groups) == 1):
                return word
            if word != ")" or len(groups) == 1:
                self.at = before
                raise self.malformed()
            closed = groups.pop()
            groups[-1].add(closed.node())

    def term(self, path: AttrPath, *, brackets: bool) -> FilterNode:
        """Return what is said of an attribute."""
        word = self.take(_TEST_OR_BRACKET if brackets else _TEST)["word"].lower()
        if word != "[":
            return self.test(path, word)
        node = self.selection(path)
        if not (found := self.find(_SUB_ATTRIBUTE)):
            return node
        inner = self.test(AttrPath(found["name"]), self.take(_TEST)["word"].lower())
        return ValuePath(path, _conjunction(node.val_filter, inner))

    def test(self, path: AttrPath, word: str) -> Comparison | Present:
        """Return the test that ``word`` begins."""
        if word == "pr":
            return Present(path)
        return Comparison(path, CompareOperator(word), _value(self.take(_VALUE)["value"]))

    def selection(self, path: AttrPath) -> ValuePath:
        """Return what stands in brackets, the first of which is read."""
        node = self.expression("]")
        if path.sub_attr:
            raise Malformed(f"a value selection cannot apply to the sub-attribute {str(path)!r}")
        return ValuePath(path, node)


class _Group:
    """What stands in parentheses so far: alternatives, each of them terms that all must hold."""

    def __init__(self, is_negated: bool = False) -> None:
        self.is_negated = is_negated
        self.alternatives: list[list[FilterNode]] = [[]]

    def add(self, node: FilterNode) -> None:
        """Add a term."""
        self.alternatives[-1].append(node)

    def go_on(self, word: str) -> None:
        """Expect another term after ``and`` or ``or``."""
        if word == "or":
            self.alternatives.append([])

    def node(self) -> FilterNode:
        """Return all of it."""
        every = [_joined(LogicalOperator.and_, terms) for terms in self.alternatives]
        node = _joined(LogicalOperator.or_, every)
        return Not(node) if self.is_negated else node


def _joined(op: LogicalOperator, terms: list[FilterNode]) -> FilterNode:
    return terms[0] if len(terms) == 1 else LogicalExpr(op, tuple(terms))


def _conjunction(node: FilterNode, term: FilterNode) -> FilterNode:
    """Return a filter with one more term that must hold."""
    if isinstance(node, LogicalExpr) and node.op == LogicalOperator.and_:
        return LogicalExpr(node.op, (*node.terms, term))
    return LogicalExpr(LogicalOperator.and_, (node, term))


def _attr_path(found: Token) -> AttrPath:
    return AttrPath(found["attr"], found["sub"], found["uri"])


def _value(text: str) -> Literal:
    """Return what a literal of JSON stands for; ``true``, ``false``, ``null`` in any case."""
    try:
        value: Literal = json.loads(text if text[0] == '"' else text.lower())
    except ValueError as error:
        raise Malformed(str(error)) from error
    if isinstance(value, float) and not isfinite(value):
        raise Malformed(f"number out of range: {text}")
    return value


def _check_depth(node: PathNode | FilterNode, subject: str) -> None:
    """Raise Malformed for a tree that is too deep."""
    depth, level = 0, [node]
    while level := [part for each in level for part in _parts(each)]:
        depth += 1
        if depth > MAX_DEPTH:
            raise Malformed(f"the {subject} nests more than {MAX_DEPTH} expressions")


def _parts(node: object) -> tuple[FilterNode, ...]:
    if isinstance(node, LogicalExpr):
        return node.terms
    if isinstance(node, Not):
        return (node.expr,)
    return (node.val_filter,) if isinstance(node, ValuePath) else ()
