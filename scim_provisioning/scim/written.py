"""Users as PostgreSQL writes them, for long lists; the statement follows the attribute table.

To load a hundred rows and to render them takes Python three times as long as PostgreSQL takes to
write their JSON. What a resource looks like is said in ``rendering``: a test compares the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from mdm_portal.database.statements import rows_of
from scim_provisioning.directory.models import User
from scim_provisioning.scim.attributes import Attribute, ResourceType
from scim_provisioning.scim.context import Context

MOMENT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
META = f"""
',"meta":{{"resourceType":"User","created":"' || {MOMENT.format("created_at")}
|| '","lastModified":"' || {MOMENT.format("modified_at")}
|| '","location":"' || %s::text || '/Users/' || id || '","version":"W/\\"' || version || '\\""}}}}'
"""
GROUPS = """
SELECT held.user_id::text, ',"groups":[' || string_agg(
    '{"value":"' || held.group_id || '","$ref":"' || %s::text || '/Groups/' || held.group_id
    || '","display":' || to_json(team.display_name)::text || ',"type":"direct"}',
    ',' ORDER BY held.group_id
) || ']'
FROM directory_membership AS held JOIN directory_group AS team ON team.id = held.group_id
WHERE held.user_id BETWEEN %s AND %s GROUP BY held.user_id
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A resource whose JSON is there already."""

    key: str
    json: str

    @property
    def id(self) -> UUID:
        """Return the id of the resource."""
        return UUID(self.key)


def written_users(context: Context, condition: str, values: list[Any]) -> list[Written]:
    """Return users with their groups; ``condition`` is what follows FROM, in the order of the ids.

    It leaves out no user between its first and its last who is in a group.
    """
    base = orjson.dumps(context.base)[1:-1].decode()
    page = f"{_select(context.user_type)} {condition}) AS page ORDER BY page.id"
    found = rows_of(page, [base, *values])
    if not found:
        return []
    groups = dict(rows_of(GROUPS, [base, UUID(found[0][0]), UUID(found[-1][0])]))
    return [Written(key, f"{head}{groups.get(key, '')}{tail}") for key, head, tail in found]


@lru_cache(maxsize=8)
def _select(kind: ResourceType) -> str:
    """Return the statement up to its FROM: id, JSON up to the groups, and JSON after them."""
    extensions = {f"extension_{at}": schema for at, schema in enumerate(kind.extensions)}
    columns = {
        "core": _members([*filter(None, [kind.common("externalId")]), *kind.core.attributes]),
        **{name: _object(schema.urn, schema.attributes) for name, schema in extensions.items()},
        "meta": META,
    }
    inner = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    urns = [
        f"CASE {name} WHEN '' THEN '' ELSE ',\"{schema.urn}\"' END"
        for name, schema in extensions.items()
    ]
    start = f"""'{{"schemas":["{kind.core.urn}"'"""
    head = " || ".join([start, *urns, """'],"id":"' || id || '"'""", "core", *extensions])
    return f"SELECT id::text, {head}, meta FROM (SELECT id, {inner} FROM {User._meta.db_table}"  # noqa: S608


def _members(attributes: Iterable[Attribute]) -> str:
    """Return what writes ``,"name":value`` for each attribute that has a value."""
    written = [_member(item) for item in attributes if item.mutability != "readOnly"]
    return " || ".join(written) or "''::text"


def _member(attribute: Attribute) -> str:
    """Return what writes an attribute; an empty text where it has no value."""
    name, column = f"""',"{attribute.name}":'""", attribute.state
    if not column:
        return _object(attribute.name, attribute.sub_attributes)
    if attribute.type == "boolean":
        return f"{name} || {column}"
    if attribute.multi_valued:
        return f"CASE {column} WHEN '[]' THEN '' ELSE {name} || {column}::text END"
    if column.startswith("custom."):
        column = f"coalesce(custom->>'{attribute.name}', '')"
    return f"CASE {column} WHEN '' THEN '' ELSE {name} || to_json({column})::text END"


def _object(name: str, attributes: Iterable[Attribute]) -> str:
    """Return what writes an object of attributes; an empty text where none has a value."""
    members = f"nullif(substr({_members(attributes)}, 2), '')"
    return f"""coalesce(',"{name}":{{' || {members} || '}}', '')"""
