"""The order of a list: RFC 7644 section 3.4.2.3.

Absent values come last in ascending order and first in descending order. The id always ends the
order, so that pages neither overlap nor leave a row out.
"""

from typing import Any

from django.db.models import Expression, F, Func, JSONField, OuterRef, Subquery, TextField, Value
from django.db.models.expressions import OrderBy
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, NullIf

from scim_provisioning.directory.models import Membership
from scim_provisioning.scim.attributes import Attribute, ResourceType
from scim_provisioning.scim.columns import OWNER, Elements, JsonText, Related
from scim_provisioning.scim.comparisons import kind_of, quoted
from scim_provisioning.scim.errors import InvalidPath, InvalidValue
from scim_provisioning.scim.grammar import parse_path
from scim_provisioning.scim.notation import find
from scim_provisioning.scim.syntax import AttrPath

Key = Expression | F | Subquery

ASCENDING = "ascending"
DESCENDING = "descending"


def order_by(sort_by: object, sort_order: object, resource_type: ResourceType) -> list[OrderBy]:
    """Return the ordering, the id last; without ``sort_by`` it is the id alone.

    An unknown attribute is invalidPath: RFC 7644 names no error for it, and a list in another
    order than the one asked for would pass for it.
    """
    descending = _is_descending(sort_order)
    by_id = OrderBy(F("id"))
    leaf = None if sort_by in (None, "") else _leaf(sort_by, resource_type)
    key = None if leaf is None else _key(leaf, resource_type)
    return [by_id] if key is None else [OrderBy(key, descending=descending), by_id]


def _is_descending(sort_order: object) -> bool:
    """Return whether the order is descending, in any letter case; ascending is the default."""
    word = str(sort_order or ASCENDING).lower()
    if word not in (ASCENDING, DESCENDING):
        raise InvalidValue(f"“sortOrder” is “{ASCENDING}” or “{DESCENDING}”.")
    return word == DESCENDING


def _leaf(sort_by: object, resource_type: ResourceType) -> Attribute | None:
    """Return the attribute to sort by; None for one that no row has, or all have alike."""
    if not isinstance(sort_by, str):
        raise InvalidPath("“sortBy” is the name of an attribute.")
    path = parse_path(sort_by)
    if path.value_filter is not None or not path.attribute:
        raise InvalidPath(f"“sortBy” names an attribute; {quoted(sort_by)} does not.")
    target = find(resource_type, AttrPath(path.attribute, path.sub_attribute, path.urn))
    if target is None:
        raise InvalidPath(f"{quoted(sort_by)} is no attribute of a {resource_type.name}.")
    leaf = target.sub or target.attribute
    if leaf is not None and leaf.type == "complex":
        leaf = leaf.sub("value") if leaf.multi_valued else None
        if leaf is None:
            raise InvalidPath(f"{quoted(sort_by)} has parts: sort by one of them.")
    return leaf


def _key(leaf: Attribute, resource_type: ResourceType) -> Key | None:
    """Return what the rows are sorted by; None where all rows are alike."""
    column, kind = leaf.column, kind_of(leaf)
    if kind == "constant" or column is None:
        return None
    if isinstance(column, JsonText):
        return _or_null(KeyTextTransform(column.key, F(column.name)))
    if isinstance(column, Elements):
        return _or_null(KeyTextTransform(column.key, _primary(column.name)))
    if isinstance(column, Related):
        return _first(column.name, OWNER[resource_type.name])
    return F(column.name) if kind != "text" or leaf.required else _or_null(F(column.name))


def _or_null(text: Any) -> Key:
    """Return the text, NULL in place of an empty one, which is an absent one."""
    return NullIf(text, Value(""), output_field=TextField())


def _primary(column: str) -> Key:
    """Return the primary element of a JSON list column, else the first."""
    primary = Func(
        F(column),
        Value("$[*] ? (@.primary == true)"),
        function="jsonb_path_query_first",
        template="%(function)s(%(expressions)s::jsonpath)",
        output_field=JSONField(),
    )
    return Coalesce(primary, KeyTransform(0, F(column)), output_field=JSONField())


def _first(name: str, owner: str) -> Key:
    """Return a column of the membership with the lowest id on the other side."""
    other = "group_id" if owner == "user_id" else "user_id"
    rows = Membership.objects.filter(**{owner: OuterRef("pk")}).order_by(other)
    return Subquery(rows.values(name)[:1])
