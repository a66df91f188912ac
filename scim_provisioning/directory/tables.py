"""The tables that every SCIM request reads or writes."""

from mdm_portal.database.statements import Table
from scim_provisioning.directory.models import Group, User

GROUPS_OF_USER = """(
    SELECT json_agg(json_build_array(held.group_id, directory_group.display_name)
        ORDER BY held.group_id)
    FROM directory_membership AS held JOIN directory_group ON directory_group.id = held.group_id
    WHERE held.user_id = directory_user.id
)::text"""
USERS = Table(
    User,
    unread=("emails_key", "custom_key", "search_text"),
    computed={"groups_held": GROUPS_OF_USER},
)
"""Without the columns that only PostgreSQL reads; each with id and name of the user's groups."""
GROUPS = Table(Group)
