"""Filters compiled to Django ``Q``: RFC 7644 section 3.4.2.2.

Values only ever travel as parameters. A name that the attribute table does not know is an error,
never a condition that is left out.
"""

from collections.abc import Iterable
from functools import reduce

from django.db.models import Q

from scim_provisioning.scim import elements, predicates
from scim_provisioning.scim.attributes import Attribute, ResourceType, Schema
from scim_provisioning.scim.columns import Column, JsonText
from scim_provisioning.scim.comparisons import holds, kind_of, quoted, read_operand, read_stored
from scim_provisioning.scim.errors import InvalidFilter
from scim_provisioning.scim.grammar import parse_filter
from scim_provisioning.scim.notation import Target, find
from scim_provisioning.scim.syntax import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)


def compile_filter(text: object, resource_type: ResourceType, *, unquoted: bool = False) -> Q:
    """Return the condition that a filter means, else raise InvalidFilter.

    ``unquoted`` takes values without quotes, as Entra ID's documentation prints them.
    """
    if not isinstance(text, str):
        raise InvalidFilter("The filter is no text.")
    return _Compiler(resource_type).visit(parse_filter(text, unquoted=unquoted))


class _Compiler(FilterVisitor[Q]):
    """Compiles the filter of one resource type."""

    def __init__(self, resource_type: ResourceType) -> None:
        self.resource_type = resource_type

    def visit_not(self, node: Not) -> Q:
        """Return what does not hold."""
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        """Return the terms joined at once: a chain of any length is one level deep."""
        connector = Q.AND if node.op == LogicalOperator.and_ else Q.OR
        return Q(*[self.visit(term) for term in node.terms], _connector=connector)

    def visit_present(self, node: Present) -> Q:
        """Return whether the named attribute has a value."""
        target = self._find(node.attr_path)
        if target.schema is not None:
            return self._schema_present(target.schema)
        if target.attribute is None:
            return predicates.NOTHING
        return self._present(target.attribute, target.sub)

    def visit_comparison(self, node: Comparison) -> Q:
        """Return the comparison; on a multi-valued attribute, of any of its elements."""
        target = self._find(node.attr_path)
        attribute, leaf = target.attribute, target.sub or target.attribute
        if target.schema is not None:
            raise InvalidFilter(f"“{target.label}” is a schema: compare one of its attributes.")
        if attribute is None or leaf is None:
            return _absent(node)
        if attribute.name == "schemas":
            return self._schemas(attribute, node)
        if attribute.multi_valued:
            return elements.compare_any(attribute, target.sub, node, self.resource_type)
        if leaf.type == "complex":
            raise InvalidFilter(f"“{target.label}” has parts: compare one, {_example(leaf)}.")
        return self._compare(leaf, target.label, node)

    def visit_value_path(self, node: ValuePath) -> Q:
        """Return whether one and the same element meets all that stands in the brackets."""
        target = self._find(node.attr_path)
        if not target.is_kept:
            return predicates.NOTHING
        if target.attribute is None or not target.attribute.sub_attributes:
            raise InvalidFilter(f"“{target.label}” has no parts to select by.")
        if not target.attribute.multi_valued:
            raise InvalidFilter(f"“{target.label}” holds one value: nothing to select from.")
        return elements.any_matching(target.attribute, node.val_filter, self.resource_type)

    def _find(self, path: AttrPath) -> Target:
        target = find(self.resource_type, path)
        if target is None:
            name = self.resource_type.name
            raise InvalidFilter(
                f"The filter names {quoted(path)}, which is no attribute of a {name}."
            )
        return target

    def _present(self, attribute: Attribute, sub: Attribute | None) -> Q:
        """Return whether a kept attribute has a value; a complex one, if any part has."""
        if attribute.name == "schemas":
            return predicates.EVERYTHING
        if attribute.multi_valued:
            return elements.present_any(attribute, sub, self.resource_type)
        leaf = sub or attribute
        return _any(self._leaf_present(part) for part in leaf.sub_attributes or (leaf,))

    def _leaf_present(self, leaf: Attribute) -> Q:
        return predicates.present(_subject(leaf), kind_of(leaf))

    def _compare(self, leaf: Attribute, label: str, node: Comparison) -> Q:
        """Return the comparison of a single value."""
        operand = read_operand(leaf, label, node.op, node.value)
        kind = kind_of(leaf)
        if kind == "constant":
            stored = read_stored(leaf, self.resource_type.name)
            return predicates.always(holds(node.op, stored, operand))
        return predicates.compare(_subject(leaf), kind, node.op, operand)

    def _schemas(self, attribute: Attribute, node: Comparison) -> Q:
        """Return whether a schema of the row compares so; an extension is there by its values."""
        if node.op == CompareOperator.ne:
            return ~self._schemas(
                attribute, Comparison(node.attr_path, CompareOperator.eq, node.value)
            )
        operand = read_operand(attribute, "schemas", node.op, node.value)
        found = [
            schema
            for schema in self.resource_type.schemas
            if holds(node.op, read_stored(attribute, schema.urn), operand)
        ]
        return _any(self._schema_present(schema) for schema in found)

    def _schema_present(self, schema: Schema) -> Q:
        if schema is self.resource_type.core:
            return predicates.EVERYTHING
        return _any(self._leaf_present(attribute) for attribute in schema.attributes)


def _subject(leaf: Attribute) -> predicates.Subject:
    """Return what holds the value of a single-valued attribute."""
    if isinstance(leaf.column, JsonText):
        return predicates.json_text(leaf.column.name, leaf.column.key)
    if isinstance(leaf.column, Column):
        return leaf.column.name
    raise InvalidFilter(f"“{leaf.name}” cannot be filtered.")


def _any(conditions: Iterable[Q]) -> Q:
    """Return whether one of the conditions holds."""
    return reduce(Q.__or__, conditions, predicates.NOTHING)


def _absent(node: Comparison) -> Q:
    """Return the comparison of an attribute that is never there."""
    is_absence = node.value is None or node.value == ""
    if node.op == CompareOperator.ne:
        return predicates.always(not is_absence)
    return predicates.always(node.op == CompareOperator.eq and is_absence)


def _example(leaf: Attribute) -> str:
    return f"such as “{leaf.name}.{leaf.sub_attributes[0].name}”"
