"""What was measured, for people and for scripts."""

from collections.abc import Mapping
from typing import Any

from bench.scim.comparison import Comparison
from bench.scim.operations import Operation
from bench.scim.target import Target
from mdm_portal.management.tables import table

NOTE = "Operations a second, or milliseconds (ms) of one; medians. Client: its share of a core."


def as_json(comparison: Comparison, found_on: Mapping[str, str]) -> dict[str, Any]:
    """Return everything as JSON."""
    return {"machine": dict(found_on), "operations": rows_as_json(comparison)}


def as_text(comparison: Comparison, found_on: Mapping[str, str]) -> str:
    """Return the table, and the machine below it."""
    return f"{text_of(comparison, NOTE, '{first}/{other}')}\n\n{described(found_on)}"


def rows_as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the rows as JSON."""
    return {operation.name: _row(comparison, operation) for operation in comparison.operations}


def text_of(comparison: Comparison, title: str, ratio: str) -> str:
    """Return the table; ``ratio`` heads the columns of ratios."""
    first, *others = comparison.targets
    ratios = [ratio.format(first=first.name, other=other.name) for other in others]
    heads = ["operation", *(target.name for target in comparison.targets), *ratios, "client"]
    rows = [_cells(comparison, operation) for operation in comparison.operations]
    return table(title, heads, rows)


def described(found_on: Mapping[str, str]) -> str:
    """Return the machine in one line."""
    return ", ".join(f"{name} {value}" for name, value in found_on.items())


def _cells(comparison: Comparison, operation: Operation) -> list[str]:
    """Return a row: what each service does, and how many times as fast the first one is."""
    first, *others = comparison.targets
    values = [_value(comparison, operation, target) for target in comparison.targets]
    ratios = [f"{comparison.speed(operation, first, other):.2f}" for other in others]
    return [operation.name, *values, *ratios, f"{comparison.client_share(operation):.0%}"]


def _value(comparison: Comparison, operation: Operation, target: Target) -> str:
    """Return a figure with its unit."""
    value = comparison.value(operation, target)
    if operation.in_milliseconds:
        return f"{value:,.2f} ms"
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _row(comparison: Comparison, operation: Operation) -> dict[str, Any]:
    """Return a row as JSON."""
    first, *others = comparison.targets
    return {
        "unit": "ms" if operation.in_milliseconds else "1/s",
        "median": {t.name: comparison.value(operation, t) for t in comparison.targets},
        "p99_ms": {t.name: comparison.p99(operation, t) for t in comparison.targets},
        "speed": {other.name: comparison.speed(operation, first, other) for other in others},
        "client_share": comparison.client_share(operation),
    }
