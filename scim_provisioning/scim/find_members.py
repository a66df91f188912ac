"""Members of a group that satisfy a value path other than ``members[value eq "id"]``."""

from uuid import UUID

from scim_provisioning.directory.models import Membership, User
from scim_provisioning.directory.state import MemberChange
from scim_provisioning.scim.attributes import GROUP
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.grammar import matches
from scim_provisioning.scim.group_patch import FindMembers
from scim_provisioning.scim.syntax import FilterNode


def find_members(group_id: UUID, context: Context) -> FindMembers:
    """Return a finder for one group; it reads all members, so it is the exception."""

    def find(where: FilterNode, change: MemberChange) -> frozenset[UUID]:
        attribute = GROUP.attribute("members")
        assert attribute is not None  # noqa: S101 - the table declares it
        ids = _present(group_id, change)
        rows = User.objects.filter(id__in=ids).values_list("id", "display_name", "user_name")
        return frozenset(
            user_id
            for user_id, display_name, user_name in rows
            if matches(where, _element(user_id, display_name or user_name, context), attribute)
        )

    return find


def _present(group_id: UUID, change: MemberChange) -> frozenset[UUID]:
    """Return the members after a change."""
    if change.exact is not None:
        return change.exact
    stored = Membership.objects.filter(group_id=group_id).values_list("user_id", flat=True)
    return (frozenset(stored) | change.added) - change.removed


def _element(user_id: UUID, display: str, context: Context) -> dict[str, str]:
    """Return a member as SCIM shows it."""
    return {
        "value": str(user_id),
        "$ref": f"{context.base}/Users/{user_id}",
        "display": display,
        "type": "User",
    }
