"""Rows rendered as SCIM resources, loading only what the projection shows."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from mdm_portal.database.statements import rows_of
from scim_provisioning.directory.models import Group, User
from scim_provisioning.scim import urns
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.documents import document_of
from scim_provisioning.scim.projection import Projection

Document = dict[str, Any]
MEMBERS = """
SELECT held.group_id, json_agg(held.user_id ORDER BY held.user_id)::text
FROM directory_membership AS held WHERE held.group_id = ANY(%s) GROUP BY held.group_id
"""
"""All ids in one text: with a row for each, of thousands, Python takes longer than PostgreSQL."""
NAMED_MEMBERS = """
SELECT held.group_id, json_agg(json_build_array(held.user_id, (
    SELECT coalesce(nullif(display_name, ''), user_name) FROM directory_user
    WHERE id = held.user_id
)) ORDER BY held.user_id)::text
FROM directory_membership AS held WHERE held.group_id = ANY(%s) GROUP BY held.group_id
"""
"""Without a join, for which a plan that is made for any groups would read all users."""
GROUPS_HELD = """
SELECT held.user_id, held.group_id, directory_group.display_name
FROM directory_membership AS held JOIN directory_group ON directory_group.id = held.group_id
WHERE held.user_id = ANY(%s) ORDER BY held.group_id
"""


def render_users(users: Sequence[User], context: Context, projection: Projection) -> list[Document]:
    """Return users as resources; one statement for the groups of those read without them."""
    wanted = projection.wants("groups")
    if wanted:
        _load_groups([user for user in users if not hasattr(user, "groups_held")])
    return [
        projection.apply(_user(user, _groups(user, context) if wanted else [], context))
        for user in users
    ]


def render_groups(
    rows: Sequence[Group], context: Context, projection: Projection
) -> list[Document]:
    """Return groups as resources; one statement for their members, none when not shown."""
    wanted = projection.wants("members")
    named = projection.names("members", "display")
    members = _members_of([group.id for group in rows], context, named) if wanted else {}
    return [projection.apply(_group(group, members.get(group.id, []), context)) for group in rows]


def _user(user: User, groups: list[Document], context: Context) -> Document:
    """Return one user as a resource."""
    key, document = str(user.id), document_of(user, context.user_type)
    extensions = [name for name in document if ":" in name]
    shown: Document = {
        "schemas": [urns.USER, *extensions],
        "id": key,
        **document,
    }
    if groups:
        shown["groups"] = groups
    shown["meta"] = _meta(user, "User", f"{context.base}/Users/{key}")
    return shown


def _group(group: Group, members: list[Document], context: Context) -> Document:
    """Return one group as a resource."""
    shown: Document = {
        "schemas": [urns.GROUP],
        "id": str(group.id),
        **document_of(group, context.group_type),
    }
    if members:
        shown["members"] = members
    shown["meta"] = _meta(group, "Group", f"{context.base}/Groups/{group.id}")
    return shown


def _meta(row: User | Group, resource_type: str, location: str) -> Document:
    """Return the metadata of RFC 7643 section 3.1."""
    return {
        "resourceType": resource_type,
        "created": timestamp(row.created_at),
        "lastModified": timestamp(row.modified_at),
        "location": location,
        "version": version_tag(row),
    }


def timestamp(moment: datetime) -> str:
    """Return a moment in RFC 3339, exact, so that a filter finds it again."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def version_tag(row: User | Group) -> str:
    """Return the weak entity tag of a row."""
    return f'W/"{row.version}"'


def _load_groups(users: Sequence[User]) -> None:
    """Read the groups of some users."""
    if not users:
        return
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for user_id, group_id, name in rows_of(GROUPS_HELD, [[user.id for user in users]]):
        found[user_id].append((str(group_id), name))
    for user in users:
        user.groups_held = found.get(user.id)


def _groups(user: User, context: Context) -> list[Document]:
    """Return the groups of a user."""
    return [
        {
            "value": group_id,
            "$ref": f"{context.base}/Groups/{group_id}",
            "display": name,
            "type": "direct",
        }
        for group_id, name in user.groups_held or ()
    ]


def _members_of(ids: list[UUID], context: Context, named: bool) -> dict[UUID, list[Document]]:
    """Return the members of some groups, with their names only where those are asked for."""
    users = f"{context.base}/Users/"
    if named:
        return {
            group_id: [
                {"value": key, "$ref": users + key, "display": name, "type": "User"}
                for key, name in orjson.loads(held)
            ]
            for group_id, held in rows_of(NAMED_MEMBERS, [ids])
        }
    return {
        group_id: [
            {"value": key, "$ref": users + key, "type": "User"} for key in orjson.loads(held)
        ]
        for group_id, held in rows_of(MEMBERS, [ids])
    }
