"""Users, groups and memberships that come from another portal, with their ids and dates.

What is there already stays as it is, so that the same rows may come twice. Nobody is invited: whom
an identity provider brings is announced where it brings them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from audit import events
from audit.actors import Actor
from audit.services import Subject, event_row, record_all, recording
from mdm_portal.database.statements import rows_of, run
from scim_provisioning.directory.errors import GroupNameTaken, UnknownMembers, UserNameTaken
from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.directory.moves import Moves
from scim_provisioning.directory.services import set_columns, user_event
from scim_provisioning.directory.state import GroupState, UserState, changes_between

Row = TypeVar("Row", User, Group)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a row brings along that no edit changes."""

    id: UUID
    source: str
    version: int
    created_at: datetime
    modified_at: datetime
    deprovisioned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A user of another portal."""

    state: UserState
    origin: Origin


@dataclass(frozen=True, slots=True)
class Team:
    """A group of another portal."""

    state: GroupState
    origin: Origin


def restore_users(*, people: Sequence[Person], actor: Actor) -> int:
    """Make users of those whose ids are not there yet, all or none; return how many.

    Raises UserNameTaken, with the first userName, when any of them is taken.
    """
    try:
        with transaction.atomic():
            ids = [person.origin.id for person in people]
            present = set(User.objects.filter(id__in=ids).values_list("id", flat=True))
            new = [person for person in people if person.origin.id not in present]
            users = [_user(person) for person in new]
            User.objects.bulk_create(users)
            _note_moves("user", len(users))
            record_all(
                user_event(
                    events.USER_CREATED, user, actor, changes_between(UserState(), person.state)
                )
                for user, person in zip(users, new, strict=True)
            )
    except IntegrityError as error:
        raise UserNameTaken(people[0].state.user_name) from error
    return len(users)


def restore_groups(*, teams: Sequence[Team], actor: Actor) -> int:
    """Make groups of those whose ids are not there yet, all or none; return how many.

    Raises GroupNameTaken, with the first name, when any of them is taken.
    """
    try:
        with transaction.atomic():
            ids = [team.origin.id for team in teams]
            present = set(Group.objects.filter(id__in=ids).values_list("id", flat=True))
            groups = [_group(team) for team in teams if team.origin.id not in present]
            Group.objects.bulk_create(groups)
            _note_moves("group", len(groups))
            record_all(
                event_row(
                    events.GROUP_CREATED,
                    actor=actor,
                    subject=Subject("group", str(group.id), group.display_name),
                    changes=changes_between(GroupState(), GroupState.of(group)),
                )
                for group in groups
            )
    except IntegrityError as error:
        raise GroupNameTaken(teams[0].state.display_name) from error
    return len(groups)


def _note_moves(kind: str, number: int) -> None:
    """Note that rows with old ids came among the others: ``Total``."""
    rows_of("SELECT directory_add(%s, '', %s)", [f"{kind} moves", number])


def restore_memberships(*, pairs: Collection[tuple[UUID, UUID]], actor: Actor) -> int:
    """Add users to groups, given as pairs (group, user); return how many were not members yet.

    One event a group. Raises UnknownMembers when a group or a live user is not there.
    """
    with transaction.atomic():
        users, groups = _locked(pairs)
        missing = _missing(pairs)
        Membership.objects.bulk_create(
            [Membership(group_id=group_id, user_id=user_id) for group_id, user_id in missing],
            ignore_conflicts=True,
        )
        joined: dict[UUID, dict[UUID, str]] = defaultdict(dict)
        for group_id, user_id in missing:
            joined[group_id][user_id] = users[user_id]
        for group_id, members in joined.items():
            _record_joined(Subject("group", str(group_id), groups[group_id]), members, actor)
    return len(missing)


def _record_joined(group: Subject, members: Mapping[UUID, str], actor: Actor) -> None:
    """Store the event of users who joined a group."""
    moves = Moves(joined=members)
    event = event_row(events.GROUP_UPDATED, actor=actor, subject=group, changes=moves.changes)
    run(*recording([event]), *moves.mentions)


def _user(person: Person) -> User:
    """Return a user with everything that was brought along, not saved yet."""
    user = User()
    set_columns(user, person.state)
    return _with_origin(user, person.origin)


def _group(team: Team) -> Group:
    """Return a group with everything that was brought along, not saved yet."""
    group = Group()
    team.state.apply(group)
    return _with_origin(group, team.origin)


def _with_origin(row: Row, origin: Origin) -> Row:
    row.id, row.source, row.version = origin.id, origin.source, origin.version
    row.created_at, row.modified_at = origin.created_at, origin.modified_at
    if isinstance(row, User):
        row.deprovisioned_at = origin.deprovisioned_at
    return row


def _locked(pairs: Collection[tuple[UUID, UUID]]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """Return names of users and groups, all of them there and locked against leaving."""
    user_ids, group_ids = {user for _group, user in pairs}, {group for group, _user in pairs}
    groups = Group.objects.select_for_update(no_key=True).filter(id__in=group_ids).order_by("id")
    users = User.objects.select_for_update(no_key=True).filter(
        id__in=user_ids, deprovisioned_at=None
    )
    group_names = dict(groups.values_list("id", "display_name"))
    user_names = dict(users.order_by("id").values_list("id", "user_name"))
    if unknown := (user_ids - user_names.keys()) | (group_ids - group_names.keys()):
        raise UnknownMembers(unknown)
    return user_names, group_names


def _missing(pairs: Collection[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
    """Return the pairs that are no memberships yet."""
    rows = Membership.objects.filter(
        group_id__in={group for group, _user in pairs}, user_id__in={user for _group, user in pairs}
    )
    return sorted(set(pairs) - set(rows.values_list("group_id", "user_id")))
