"""The tables that every SCIM request reads or writes."""

from mdm_portal.database.rows import NewRow
from mdm_portal.database.statements import Table
from scim_provisioning.directory.fields import derived
from scim_provisioning.directory.models import Group, User

GROUPS_OF_USER = """(
    SELECT json_agg(json_build_array(held.group_id, (
        SELECT display_name FROM directory_group WHERE id = held.group_id
    )) ORDER BY held.group_id)
    FROM directory_membership AS held WHERE held.user_id = directory_user.id
)::text"""
"""Without a join, which PostgreSQL would plan longer than it runs."""
INVITATIONS_OF_USER = """(
    SELECT json_agg(status) FROM invitations_invitation WHERE user_id = directory_user.id
)::text"""
"""The room above writes invitations; whoever edits a user has to know whether there are any."""
USERS = Table(
    User,
    unread=derived(User) | {"email", "sort_name", "search_text"},
    computed={"groups_held": GROUPS_OF_USER},
)
"""Without what only lists and filters go by; each with id and name of the user's groups."""
EDITED_USERS = Table(
    User,
    unread=USERS.unread,
    computed={**USERS.computed, "invitations_held": INVITATIONS_OF_USER},
)
"""As USERS; each with the statuses of the user's invitations."""
new_user = NewRow(User)
OF_EVERY_EDIT = ("version", "modified_at")
"""Columns that are written with whatever else an edit changes."""
FEW_MEMBERS = 100
MEMBERS_OF_GROUP = f"""(
    SELECT count(*) FROM (
        SELECT FROM directory_membership WHERE group_id = directory_group.id LIMIT {FEW_MEMBERS + 1}
    ) AS held
)::text"""  # noqa: S608
"""No more are counted than tell whether they are few: the price does not grow with the group."""
GROUPS = Table(Group, unread=derived(Group))
EDITED_GROUPS = Table(Group, unread=GROUPS.unread, computed={"members_held": MEMBERS_OF_GROUP})
"""As GROUPS; each with how many members it has, up to one more than FEW_MEMBERS."""
