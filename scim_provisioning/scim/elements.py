"""Filters on the elements of a multi-valued attribute: e-mail addresses, members, groups.

Plain equality becomes containment, which the GIN index serves; the rest looks at each element.
"""

from typing import Any

from django.db.models import Q

from scim_provisioning.scim import predicates
from scim_provisioning.scim.attributes import Attribute, ResourceType
from scim_provisioning.scim.columns import OWNER, Elements, Related
from scim_provisioning.scim.comparisons import holds, kind_of, quoted, read_operand, read_stored
from scim_provisioning.scim.errors import InvalidFilter
from scim_provisioning.scim.grammar import sub_attribute
from scim_provisioning.scim.syntax import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

_DEFAULT = "value"
"""The sub-attribute that a comparison of the attribute itself means (RFC 7643 section 2.4)."""


def compare_any(
    attribute: Attribute, sub: Attribute | None, node: Comparison, resource_type: ResourceType
) -> Q:
    """Return whether any element compares so; ``ne`` if none is equal.

    Equality with null holds where no element has the sub-attribute.
    """
    name = AttrPath(sub.name if sub else _DEFAULT)
    if node.op == CompareOperator.ne:
        equal = Comparison(node.attr_path, CompareOperator.eq, node.value)
        return ~compare_any(attribute, sub, equal, resource_type)
    if node.op == CompareOperator.eq and (node.value is None or node.value == ""):
        return ~any_matching(attribute, Present(name), resource_type)
    return any_matching(attribute, Comparison(name, node.op, node.value), resource_type)


def present_any(attribute: Attribute, sub: Attribute | None, resource_type: ResourceType) -> Q:
    """Return whether there is an element, with the sub-attribute if one is named."""
    if sub is not None:
        return any_matching(attribute, Present(AttrPath(sub.name)), resource_type)
    column = attribute.sub_attributes[0].column
    if isinstance(column, Elements):
        return ~Q(**{column.name: []})
    return predicates.any_membership(OWNER[resource_type.name], Q())


def any_matching(attribute: Attribute, node: FilterNode, resource_type: ResourceType) -> Q:
    """Return whether one element satisfies a value filter."""
    condition = _Compiler(attribute).visit(node)
    column = attribute.sub_attributes[0].column
    if not isinstance(column, Elements):
        return predicates.any_membership(OWNER[resource_type.name], condition)
    pattern, is_all = _pattern(attribute, node)
    contained = Q(**{f"{column.name}__contains": [pattern]}) if pattern else Q()
    return contained if is_all else contained & predicates.any_element(column.name, condition)


class _Compiler(FilterVisitor[Q]):
    """Compiles a value filter to a condition on one element."""

    def __init__(self, attribute: Attribute) -> None:
        self.attribute = attribute

    def visit_not(self, node: Not) -> Q:
        """Return what does not hold."""
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        """Return the terms joined at once."""
        connector = Q.AND if node.op == LogicalOperator.and_ else Q.OR
        return Q(*[self.visit(term) for term in node.terms], _connector=connector)

    def visit_value_path(self, node: ValuePath) -> Q:
        """Refuse brackets within brackets, as the errata of RFC 7644 do."""
        raise InvalidFilter(f"{quoted(node.attr_path)} with brackets cannot stand within brackets.")

    def visit_present(self, node: Present) -> Q:
        """Return whether the element has the sub-attribute."""
        subject, kind = _subject(sub_attribute(self.attribute, node.attr_path))
        return predicates.present(subject, kind)

    def visit_comparison(self, node: Comparison) -> Q:
        """Return the comparison of the element's sub-attribute."""
        sub = sub_attribute(self.attribute, node.attr_path)
        operand = read_operand(sub, f"{self.attribute.name}.{sub.name}", node.op, node.value)
        subject, kind = _subject(sub)
        if kind == "constant":
            return predicates.always(holds(node.op, read_stored(sub, subject), operand))
        if isinstance(sub.column, Elements) and isinstance(operand, bool):
            operand = str(operand).lower()
        return predicates.compare(subject, kind, node.op, operand)


def _subject(sub: Attribute) -> tuple[predicates.Subject, str]:
    """Return what holds the value within the element, and how it compares."""
    if isinstance(sub.column, Elements):
        return predicates.element_text(sub.column.key), "text"
    if isinstance(sub.column, Related):
        return sub.column.name, kind_of(sub)
    raise InvalidFilter(f"“{sub.name}” cannot be filtered.")


def _pattern(attribute: Attribute, node: FilterNode) -> tuple[dict[str, Any], bool]:
    """Return what an element must contain at least, and whether that says all of the filter."""
    pattern: dict[str, Any] = {}
    is_all = True
    for term in _conjunction(node):
        entry = _entry(attribute, term)
        if entry is None or pattern.get(entry[0], entry[1]) != entry[1]:
            is_all = False
        else:
            pattern[entry[0]] = entry[1]
    return pattern, is_all


def _conjunction(node: FilterNode) -> tuple[FilterNode, ...]:
    """Return the terms that all must hold."""
    if isinstance(node, LogicalExpr) and node.op == LogicalOperator.and_:
        return node.terms
    return (node,)


def _entry(attribute: Attribute, node: FilterNode) -> tuple[str, str | bool] | None:
    """Return the key and value that a plain equality asks for; None for any other filter."""
    if not isinstance(node, Comparison) or node.op != CompareOperator.eq:
        return None
    sub = sub_attribute(attribute, node.attr_path)
    operand = read_operand(sub, sub.name, node.op, node.value)
    if not isinstance(sub.column, Elements) or not isinstance(operand, str | bool):
        return None
    return sub.column.key, operand
