"""PATCH of a group: members as set operations, without ever loading the group's members.

Only a value path that compares something else than ``value`` needs to look at them.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from scim_provisioning.activity.reasons import READ_ONLY
from scim_provisioning.directory.errors import UnknownMembers
from scim_provisioning.directory.state import GroupChange, GroupState, MemberChange
from scim_provisioning.scim import urns
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.documents import document_of, group_state
from scim_provisioning.scim.errors import Mutability, NoTarget, ScimError
from scim_provisioning.scim.members import known_ids, member_ids, parse_id
from scim_provisioning.scim.operations import Operation
from scim_provisioning.scim.patch import apply
from scim_provisioning.scim.syntax import Comparison, FilterNode
from scim_provisioning.scim.value_paths import equal_terms

FindMembers = Callable[[FilterNode, MemberChange], frozenset[UUID]]
"""Returns the ids of the members (after the change so far) that satisfy a filter."""


def patched_group(
    state: GroupState,
    operations: list[Operation],
    context: Context,
    *,
    find: FindMembers,
    current: Callable[[], dict[str, Any]],
) -> GroupChange:
    """Return what the operations make of a group, which clients read as ``current`` returns it."""
    document = document_of(state, context.group_type)
    members = MemberChange()
    for operation in operations:
        if operation.attribute.state != "members":
            apply(operation, document, context, core=urns.GROUP, current=current)
        elif _is_of_members(operation, context):
            members = _change_members(operation, members, find, context)
    after, _members = group_state(document, context)
    return GroupChange(after, members)


def joining(operations: list[Operation]) -> frozenset[UUID]:
    """Return all whom operations add that do nothing else to members; nobody for any others.

    What is wrong with them is told when they are carried out.
    """
    of_members = [one for one in operations if one.attribute.state == "members"]
    if not all(one.verb == "add" and not (one.sub or one.where) for one in of_members):
        return frozenset()
    try:
        return frozenset().union(*(member_ids(one.value) for one in of_members))
    except (ScimError, UnknownMembers):
        return frozenset()


def _is_of_members(operation: Operation, context: Context) -> bool:
    """Tell whether an operation is on members as such.

    Who a member is cannot change; display, type and address are read from the user. An operation
    on those is refused, or ignored where the profile says so (RFC 7644 section 3.5.2).
    """
    if operation.sub is None:
        return True
    name = f"members.{operation.sub.name}"
    if operation.sub.name == "value" or not context.profile.ignore_read_only:
        raise Mutability(f"“{name}” cannot be changed: add or remove members.")
    context.ignore(name, READ_ONLY)
    return False


def _change_members(
    operation: Operation, members: MemberChange, find: FindMembers, context: Context
) -> MemberChange:
    """Return the change of members with one more operation on it."""
    if operation.where is not None:
        return _change_chosen(operation, members, find, context)
    if operation.verb == "add":
        return members.adding(member_ids(operation.value))
    if operation.verb == "replace":
        return members.replacing(member_ids(operation.value))
    if operation.value in (None, []) and not (operation.has_value and operation.value == []):
        return members.replacing(frozenset())
    return members.removing(known_ids(operation.value))


def _change_chosen(
    operation: Operation, members: MemberChange, find: FindMembers, context: Context
) -> MemberChange:
    """Return the change of members with an operation on a value path added.

    A replace needs members who are replaced; an add takes no one away.
    """
    where = operation.where
    assert where is not None  # noqa: S101 - the caller has looked
    named = _by_value(where)
    if operation.verb == "remove":
        return members.removing(find(where, members) if named is None else named)
    present = find(where, members) if operation.verb == "replace" or named is None else named
    chosen = present or (named if context.profile.add_on_no_match else None)
    if not chosen:
        raise NoTarget
    ids = member_ids(operation.value) if operation.value else chosen
    return (members.removing(present) if operation.verb == "replace" else members).adding(ids)


def _by_value(where: FilterNode) -> frozenset[UUID] | None:
    """Return the id of ``value eq "id"``; None for any other filter."""
    terms = equal_terms(where) if isinstance(where, Comparison) else {}
    if set(terms) != {"value"}:
        return None
    parsed = parse_id(str(terms["value"]))
    return frozenset() if parsed is None else frozenset({parsed})
