"""The trees of filters and of PATCH paths: RFC 7644 sections 3.4.2.2 and 3.5.2."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Literal = str | int | float | bool | None
Result = TypeVar("Result")


class CompareOperator(StrEnum):
    """What stands between an attribute and a value."""

    eq = "eq"
    ne = "ne"
    co = "co"
    sw = "sw"
    ew = "ew"
    gt = "gt"
    ge = "ge"
    lt = "lt"
    le = "le"


ORDERING_OPERATORS = frozenset(
    (CompareOperator.gt, CompareOperator.ge, CompareOperator.lt, CompareOperator.le)
)


class LogicalOperator(StrEnum):
    """What joins filters."""

    and_ = "and"
    or_ = "or"


@dataclass(frozen=True, slots=True)
class AttrPath:
    """The name of an attribute: ``uri:attr.sub_attr``."""

    attr: str
    sub_attr: str | None = None
    uri: str | None = None

    def __str__(self) -> str:
        urn = f"{self.uri}:" if self.uri else ""
        return f"{urn}{self.attr}" + (f".{self.sub_attr}" if self.sub_attr else "")


@dataclass(frozen=True, slots=True)
class FilterNode:
    """A filter, or a part of one."""


@dataclass(frozen=True, slots=True)
class Comparison(FilterNode):
    """``userName eq "ana"``."""

    attr_path: AttrPath
    op: CompareOperator
    value: Literal


@dataclass(frozen=True, slots=True)
class Present(FilterNode):
    """``title pr``."""

    attr_path: AttrPath


@dataclass(frozen=True, slots=True)
class Not(FilterNode):
    """``not (title pr)``."""

    expr: FilterNode


@dataclass(frozen=True, slots=True)
class LogicalExpr(FilterNode):
    """Two filters or more, joined by the same word."""

    op: LogicalOperator
    terms: tuple[FilterNode, ...]


@dataclass(frozen=True, slots=True)
class ValuePath(FilterNode):
    """``emails[type eq "work"]``, which only a path goes on with: ``.value``."""

    attr_path: AttrPath
    val_filter: FilterNode
    sub_attr: str | None = None


class FilterVisitor(Generic[Result]):
    """Makes something of a filter: a method for each kind of node."""

    def visit(self, node: FilterNode) -> Result:
        """Return what the method for this kind of node makes of it."""
        if isinstance(node, Comparison):
            return self.visit_comparison(node)
        if isinstance(node, Present):
            return self.visit_present(node)
        if isinstance(node, LogicalExpr):
            return self.visit_logical_expr(node)
        if isinstance(node, Not):
            return self.visit_not(node)
        if isinstance(node, ValuePath):
            return self.visit_value_path(node)
        raise TypeError(f"{type(node).__name__} is no node of a filter.")

    def visit_comparison(self, node: Comparison) -> Result:
        """Return what a comparison makes."""
        raise NotImplementedError

    def visit_present(self, node: Present) -> Result:
        """Return what a test of presence makes."""
        raise NotImplementedError

    def visit_logical_expr(self, node: LogicalExpr) -> Result:
        """Return what joined filters make."""
        raise NotImplementedError

    def visit_not(self, node: Not) -> Result:
        """Return what a negation makes."""
        raise NotImplementedError

    def visit_value_path(self, node: ValuePath) -> Result:
        """Return what a filter in brackets makes."""
        raise NotImplementedError
