"""One comparison as a Django ``Q``, on whatever holds the value: a column or a text expression.

Each ``Q`` is plainly true or false, never NULL, so that ``not`` means what RFC 7644 says.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    Expression,
    F,
    Func,
    OuterRef,
    Q,
    TextField,
    Value,
    lookups,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat

from scim_provisioning.directory.models import Membership
from scim_provisioning.scim.comparisons import Operand, Unmatchable, read_uuid, read_version
from scim_provisioning.scim.syntax import ORDERING_OPERATORS, CompareOperator

Subject = str | Expression
"""A column by its name, or an expression that gives a text and never NULL."""

EVERYTHING = Q(Value(True))
NOTHING = Q(Value(False))

_LOOKUPS = {
    CompareOperator.eq: "exact",
    CompareOperator.co: "contains",
    CompareOperator.sw: "startswith",
    CompareOperator.ew: "endswith",
    CompareOperator.gt: "gt",
    CompareOperator.ge: "gte",
    CompareOperator.lt: "lt",
    CompareOperator.le: "lte",
}
_LOOKUP_CLASSES: dict[str, Callable[[Any, Any], Any]] = {
    "exact": lookups.Exact,
    "contains": lookups.Contains,
    "startswith": lookups.StartsWith,
    "endswith": lookups.EndsWith,
    "gt": lookups.GreaterThan,
    "gte": lookups.GreaterThanOrEqual,
    "lt": lookups.LessThan,
    "lte": lookups.LessThanOrEqual,
}
_HELD_BY_PRESENT = frozenset(
    (CompareOperator.co, CompareOperator.sw, CompareOperator.ew, CompareOperator.ge)
)
"""Operators that hold for every present text when compared with an empty one."""


def always(truth: bool) -> Q:
    """Return the condition that all rows meet, or none."""
    return EVERYTHING if truth else NOTHING


def present(subject: Subject, kind: str) -> Q:
    """Return whether there is a value; only a text can be missing."""
    return ~_lookup(subject, "exact", "") if kind == "text" else EVERYTHING


def compare(subject: Subject, kind: str, op: CompareOperator, operand: Operand) -> Q:
    """Return whether the subject compares so to the operand; None stands for absent."""
    if op == CompareOperator.ne:
        return ~compare(subject, kind, CompareOperator.eq, operand)
    if operand is None:
        return ~present(subject, kind)
    if isinstance(operand, Unmatchable):
        return NOTHING
    if kind in _IDENTIFIERS and isinstance(subject, str):
        return _identifier(subject, kind, op, str(operand))
    if isinstance(operand, str):
        return _text(subject, op, operand)
    return _lookup(subject, _LOOKUPS[op], operand)


def json_text(column: str, key: str) -> Expression:
    """Return the text under a key of a JSON object column, "" where there is none."""
    return Coalesce(KeyTextTransform(key, F(column)), Value(""), output_field=TextField())


def element_text(key: str) -> Expression:
    """Return the text under a key of the element that ``any_element`` looks at."""
    return Func(
        Value(key),
        template="COALESCE(element.item ->> %(expressions)s, '')",
        output_field=TextField(),
    )


def any_element(column: str, condition: Q) -> Q:
    """Return whether an element of a JSON list column meets a condition on ``element_text``."""
    return Q(
        Func(
            F(column),
            condition,
            template="EXISTS (SELECT 1 FROM jsonb_array_elements(%(expressions)s)",
            arg_joiner=") AS element(item) WHERE ",
            output_field=BooleanField(),
        )
    )


def any_membership(owner: str, condition: Q) -> Q:
    """Return whether a membership of the row meets a condition."""
    return Q(Exists(Membership.objects.filter(condition, **{owner: OuterRef("pk")})))


def _lookup(subject: Subject, name: str, value: Any) -> Q:
    """Return a Django lookup on the subject."""
    if isinstance(subject, str):
        return Q(**{f"{subject}__{name}": value})
    return Q(_LOOKUP_CLASSES[name](subject, value))


def _text(subject: Subject, op: CompareOperator, operand: str) -> Q:
    """Return a comparison of text; LIKE characters are literal, order is by code point."""
    if operand == "" and op in _HELD_BY_PRESENT:
        return present(subject, "text")
    if op not in ORDERING_OPERATORS:
        return _lookup(subject, _LOOKUPS[op], operand)
    condition = _lookup(_by_code_point(subject), _LOOKUPS[op], operand)
    below = op in (CompareOperator.lt, CompareOperator.le)
    return condition & present(subject, "text") if below else condition


def _by_code_point(subject: Subject) -> Expression:
    """Return the text under the collation that is the same on every server."""
    expression = F(subject) if isinstance(subject, str) else subject
    return Func(expression, template='%(expressions)s COLLATE "C"', output_field=TextField())


def _identifier(column: str, kind: str, op: CompareOperator, operand: str) -> Q:
    """Return a comparison of an id, of the address that ends in it, or of a version."""
    if op != CompareOperator.eq:
        return _text(_IDENTIFIERS[kind](column), op, operand)
    value = read_version(operand) if kind == "version" else read_uuid(operand)
    return NOTHING if value is None else Q(**{column: value})


def _uuid_text(column: str) -> Expression:
    return Cast(F(column), TextField())


def _version_text(column: str) -> Expression:
    number = Cast(F(column), TextField())
    return Concat(Value('W/"'), number, Value('"'), output_field=TextField())


_IDENTIFIERS = {"uuid": _uuid_text, "location": _uuid_text, "version": _version_text}
