"""What the filter of a value path says a new element must hold (E-6)."""

from typing import Any

from scim_provisioning.scim.syntax import (
    CompareOperator,
    Comparison,
    FilterNode,
    LogicalExpr,
    LogicalOperator,
)


def equal_terms(where: FilterNode) -> dict[str, Any]:
    """Return the values that a conjunction of ``eq`` demands, by lower-case name.

    Empty for any other filter: then nothing is known of the element that it means.
    """
    if isinstance(where, Comparison):
        is_equal = where.op == CompareOperator.eq
        return {where.attr_path.attr.lower(): where.value} if is_equal else {}
    if not isinstance(where, LogicalExpr) or where.op != LogicalOperator.and_:
        return {}
    parts = [equal_terms(term) for term in where.terms]
    if not all(parts):
        return {}
    return {name: value for part in parts for name, value in part.items()}
