"""The only code that writes groups and memberships; its cost does not grow with the group."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.events import EventType
from audit.models import Event
from audit.services import Change, Subject, event_row, recording, recording_if
from mdm_portal.database.statements import Statement, rows_of, rows_of_all, run_last
from scim_provisioning.directory.adoption import adopt, adopted
from scim_provisioning.directory.errors import GroupNameTaken, NotFound, UnknownMembers
from scim_provisioning.directory.models import Group, Membership
from scim_provisioning.directory.moves import Moves
from scim_provisioning.directory.services import provider_name
from scim_provisioning.directory.state import (
    GroupChange,
    GroupState,
    MemberChange,
    changes_between,
    edited,
)
from scim_provisioning.directory.tables import EDITED_GROUPS, GROUPS, OF_EVERY_EDIT
from scim_provisioning.providers import LOCAL

JOIN = """
WITH asked AS (
    SELECT id, user_name FROM directory_user WHERE id = ANY(%s) AND deprovisioned_at IS NULL
    ORDER BY id FOR NO KEY UPDATE
), joined AS (
    INSERT INTO directory_membership (group_id, user_id) SELECT %s, id FROM asked
    ON CONFLICT DO NOTHING RETURNING user_id
)
SELECT id, user_name, joined.user_id IS NOT NULL FROM asked LEFT JOIN joined ON user_id = id
"""
"""Users are locked against deprovisioning, in one order, so that nobody joins while leaving."""
ALL_OF_GROUP = """
DELETE FROM directory_membership AS held USING directory_user AS member
WHERE member.id = held.user_id AND held.group_id = %s
"""
SOME_OF_GROUP = f"{ALL_OF_GROUP} AND held.user_id = ANY(%s)"
"""Who leaves a group."""


def create_group(
    *, state: GroupState, members: frozenset[UUID], actor: Actor, source: str = LOCAL
) -> Group:
    """Return a new group with its members; raise GroupNameTaken or UnknownMembers."""
    group = Group(source=source)
    state.apply(group)
    group.modified_at = group.created_at
    try:
        with transaction.atomic():
            group.save(force_insert=True)
            moves = Moves(joined=_add_members(group, members))
            changes = changes_between(GroupState(), state) + moves.changes
            created = _event(events.GROUP_CREATED, group, actor, changes)
            run_last(*recording([created]), *moves.mentions)
    except IntegrityError as error:
        raise GroupNameTaken(state.display_name) from error
    return group


def update_group(
    *,
    group_id: UUID,
    edit: Callable[[GroupState], GroupChange],
    actor: Actor,
    source: str | None = None,
    check: Callable[[Group], None] | None = None,
    joining: frozenset[UUID] = frozenset(),
) -> Group:
    """Return the group after ``edit`` was applied to its locked row.

    ``source`` adopts a local group. ``check`` may refuse by raising, with the row locked. An edit
    that changes nothing writes nothing. ``joining`` are all whom it will add, where it does nothing
    else to members: they join in the round trip that reads the row. Raises NotFound,
    GroupNameTaken, UnknownMembers.
    """
    name = ""
    try:
        with transaction.atomic():
            group, asked = _locked(group_id, joining)
            if check:
                check(group)
            before = GroupState.of(group)
            change = edit(before)
            name = change.state.display_name
            moves = _write_members(group, change.members, asked)
            group.members_held += max(0, len(moves.joined) - len(moves.left))
            changes = changes_between(before, change.state) + adopt(group, source) + moves.changes
            if changes:
                change.state.apply(group)
                event = _event(events.GROUP_UPDATED, group, actor, changes)
                _save_changed(group, _columns(before, change.state, changes), event, moves)
    except IntegrityError as error:
        raise GroupNameTaken(name) from error
    return group


def delete_group(
    *, group_id: UUID, actor: Actor, check: Callable[[Group], None] | None = None
) -> None:
    """Delete a group; its members stay as they are (product decision 17)."""
    with transaction.atomic():
        group, _nobody = _locked(group_id)
        if check:
            check(group)
        moves = Moves(left=_left(ALL_OF_GROUP, group_id))
        Group.objects.filter(id=group_id).delete()
        gone = changes_between(GroupState.of(group), GroupState()) + moves.changes
        deleted = _event(events.GROUP_DELETED, group, actor, gone)
        run_last(*recording([deleted]), *moves.mentions)


def _locked(group_id: UUID, joining: frozenset[UUID] = frozenset()) -> tuple[Group, list[Any]]:
    """Return the group's row, locked until the transaction ends, and what JOIN says."""
    lock = EDITED_GROUPS.reading("WHERE id = %s FOR UPDATE", [group_id])
    rows, *asked = rows_of_all(lock, *([_join(group_id, joining)] if joining else ()))
    if not rows:
        raise NotFound(str(group_id))
    return EDITED_GROUPS.rows(rows)[0], asked[0] if asked else []


def _columns(before: GroupState, after: GroupState, changes: list[Change]) -> tuple[str, ...]:
    """Return the columns that an edit changes."""
    return GROUPS.derived({*edited(before, after), *adopted(changes), *OF_EVERY_EDIT})


def _save_changed(group: Group, columns: tuple[str, ...], event: Event, moves: Moves) -> None:
    """Save a changed row with its next version and its event."""
    group.version += 1
    group.modified_at = timezone.now()
    run_last(recording_if(event, GROUPS.updating(group, columns)), *moves.mentions)


def _write_members(group: Group, change: MemberChange, asked: list[Any]) -> Moves:
    """Apply a change of members; return who joined and who left.

    ``asked`` is what JOIN has said of some already; when they are all that changes, that is all.
    """
    if asked and change == MemberChange(added=frozenset(user_id for user_id, *_ in asked)):
        return Moves(joined=_joined(asked))
    added, removed = change.added, change.removed
    if change.exact is not None:
        present = frozenset(
            Membership.objects.filter(group_id=group.id).values_list("user_id", flat=True)
        )
        added, removed = change.exact - present, present - change.exact
    left = _remove_members(group, removed)
    return Moves(joined=_add_members(group, added), left=left)


def _add_members(group: Group, ids: frozenset[UUID]) -> dict[UUID, str]:
    """Add users who are no members yet; return them with their userNames."""
    if not ids:
        return {}
    found = rows_of(*_join(group.id, ids))
    _refuse_unknown(ids.difference(user_id for user_id, *_ in found))
    return _joined(found)


def _join(group_id: UUID, ids: frozenset[UUID]) -> Statement:
    """Return the statement by which users join."""
    return JOIN, [list(ids), group_id]


def _joined(found: list[Any]) -> dict[UUID, str]:
    """Return who is new among those whom JOIN found, with their userNames."""
    return {user_id: name for user_id, name, is_new in found if is_new}


def _refuse_unknown(missing: Iterable[UUID]) -> None:
    """Raise UnknownMembers when there are any, telling nested groups apart."""
    missing = set(missing)
    if missing:
        nested = Group.objects.filter(id__in=missing).values_list("id", flat=True)
        raise UnknownMembers(missing, list(nested))


def _remove_members(group: Group, ids: frozenset[UUID]) -> dict[UUID, str]:
    """Remove those users who are members; return them with their userNames."""
    return _left(SOME_OF_GROUP, group.id, list(ids)) if ids else {}


def _left(members: str, *values: Any) -> dict[UUID, str]:
    """Return those who left, with their userNames."""
    return dict(rows_of(f"{members} RETURNING member.id, member.user_name", values))


def _event(event: EventType, group: Group, actor: Actor, changes: list[Change]) -> Event:
    """Return the audit event of a group, its details naming the IdP."""
    return event_row(
        event,
        actor=actor,
        subject=Subject("group", str(group.id), group.display_name),
        details=provider_name(actor),
        changes=changes,
    )
