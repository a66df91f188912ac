"""The only code that writes users: each call one transaction, one actor, one audit event."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from audit import events
from audit.actors import Actor
from audit.events import EventType
from audit.models import Event
from audit.services import Change, Subject, event_row, record_many, recording, recording_if
from mdm_portal.database.statements import has_effect, run, run_last, undone_alone
from scim_provisioning.directory import signals
from scim_provisioning.directory.adoption import adopt, adopted
from scim_provisioning.directory.errors import (
    NotFound,
    UserNameImmutable,
    UserNameTaken,
)
from scim_provisioning.directory.models import User
from scim_provisioning.directory.moves import leave_all_groups
from scim_provisioning.directory.signals import Consequences, consequences
from scim_provisioning.directory.state import UserState, changes_between, edited
from scim_provisioning.directory.tables import EDITED_USERS, OF_EVERY_EDIT, USERS, new_user
from scim_provisioning.directory.text import fold, fold_for_search, fold_json
from scim_provisioning.providers import LOCAL, PROVIDERS

BATCH = 500
LEAVING = ("active", "deprovisioned_at", "version", "modified_at")
"""What changes of a user who is deprovisioned."""
CUSTOM_VALUES = """
UPDATE directory_user AS kept SET custom = edited.custom, custom_key = edited.custom_key,
search_text = edited.search_text, version = kept.version + 1, modified_at = %s
FROM unnest(%s::uuid[], %s::jsonb[], %s::jsonb[], %s::text[])
AS edited (id, custom, custom_key, search_text) WHERE kept.id = edited.id
"""
UNSHOWN = {"active", "external_id"}
"""What neither the search nor the order of the list goes by."""
SHOWN = ("email", "sort_name", "search_text")
"""Columns that follow from all the other attributes together."""
LONGEST_SORT_NAME = 256
"""Characters; a b-tree takes no more than 2,704 bytes."""


def create_user(*, state: UserState, actor: Actor, source: str = LOCAL) -> User:
    """Return a new user; raise UserNameTaken when a live user has this userName."""
    return create_users(states=[state], actor=actor, source=source)[0]


def create_users(*, states: Sequence[UserState], actor: Actor, source: str = LOCAL) -> list[User]:
    """Return new users, all or none, in as many statements as one of them takes.

    Raises UserNameTaken, with the first userName, when any of them is taken.
    """
    users = [_new_user(state, source) for state in states]
    created = [
        user_event(events.USER_CREATED, user, actor, changes_between(UserState(), state))
        for user, state in zip(users, states, strict=True)
    ]
    active = [user for user in users if user.active]
    follow = consequences(signals.users_provisioned, active, actor)
    try:
        _store_new(users, created, follow)
    except IntegrityError as error:
        raise UserNameTaken(states[0].user_name) from error
    return users


def _store_new(users: list[User], created: list[Event], follow: Consequences) -> None:
    """Store users, their events and what follows: of one user, as a rule, in one statement."""
    if len(users) != 1:
        # In one order: who creates the same users in another one would wait in a circle.
        ordered = sorted(users, key=lambda user: fold(user.user_name))
        with transaction.atomic():
            USERS.copy(ordered)
            record_many(created)
            follow.store()
        return
    (statement,) = USERS.inserting(users)
    if follow.statements:
        with transaction.atomic():
            run_last(statement, *recording(created), *follow.statements)
    else:
        with undone_alone():
            has_effect(recording_if(created[0], statement))
    follow.announce()


def _new_user(state: UserState, source: str) -> User:
    """Return a user with a state, not saved yet."""
    user = new_user(source=source)
    set_columns(user, state)
    user.modified_at = user.created_at
    user.groups_held = user.invitations_held = None
    return user


def update_user(
    *,
    user_id: UUID,
    edit: Callable[[UserState], UserState],
    actor: Actor,
    source: str | None = None,
    check: Callable[[User], None] | None = None,
) -> User:
    """Return the user after ``edit`` was applied to its locked row.

    ``source`` adopts a local user (product decision 18). ``check`` may refuse by raising. An edit
    that changes nothing writes nothing. Nobody waits for a lock: the row is written if it still is
    of the version that was read, else all begins anew. Raises NotFound, UserNameImmutable.
    """
    while True:
        user = _found(user_id)
        if check:
            check(user)
        before = UserState.of(user)
        after = _keep_user_name(before, edit(before))
        changes = changes_between(before, after) + adopt(user, source)
        if not changes or _is_stored(user, before, after, changes, actor):
            return user


def _is_stored(
    user: User, before: UserState, after: UserState, changes: list[Change], actor: Actor
) -> bool:
    """Store an edited user with its event and what follows; False if it was changed meanwhile."""
    version = user.version
    set_columns(user, after)
    user.version += 1
    user.modified_at = timezone.now()
    event = user_event(_event_of(before, after), user, actor, changes)
    update = USERS.updating_version(user, _columns(before, after, changes), version)
    follow = _consequences(user, before, actor)
    with transaction.atomic() if follow.statements else undone_alone():
        is_stored = has_effect(recording_if(event, update))
        if is_stored:
            follow.store()
    return is_stored


def _columns(before: UserState, after: UserState, changes: list[Change]) -> tuple[str, ...]:
    """Return the columns that an edit changes."""
    names = edited(before, after)
    shown = () if names <= UNSHOWN else SHOWN
    return USERS.derived({*names, *shown, *adopted(changes), *OF_EVERY_EDIT})


def deprovision_user(
    *, user_id: UUID, actor: Actor, check: Callable[[User], None] | None = None
) -> None:
    """Take a user out of the directory, keeping the row for the portal (product decision 16)."""
    with transaction.atomic():
        user = _found(user_id, is_locked=True)
        if check:
            check(user)
        was_active = user.active
        user.active = False
        user.deprovisioned_at = timezone.now()
        gone = [Change(attribute="active", before=was_active, after=None)]
        gone += leave_all_groups([user_id])[user_id]
        follow = consequences(signals.users_left, [user], actor)
        user.version += 1
        user.modified_at = timezone.now()
        event = user_event(events.USER_DELETED, user, actor, gone)
        follow.announce()
        run_last(USERS.updating(user, LEAVING), *recording([event]), *follow.statements)


def forget_custom_attribute(name: str, after: UUID) -> list[User]:
    """Return the next users by id who had a value of a custom attribute, now without it."""
    having = User.objects.filter(custom__has_key=name, id__gt=after)
    with transaction.atomic():
        batch = list(having.select_for_update().order_by("id")[:BATCH])
        set_custom_values(batch, name, None)
    return batch


def set_custom_values(users: Sequence[User], name: str, value: str | None) -> None:
    """Give users a value of a custom attribute, or None of it, in one statement.

    Runs in the transaction of the caller, who holds the rows and writes the audit events.
    """
    if not users:
        return
    for user in users:
        state = UserState.of(user)
        values = {key: kept for key, kept in state.custom.items() if key != name}
        if value is not None:
            values[name] = value
        set_columns(user, replace(state, custom=values))
    ids, texts = [user.id for user in users], [user.search_text for user in users]
    custom = [Jsonb(user.custom) for user in users]
    folded = [Jsonb(fold_json(user.custom)) for user in users]
    run((CUSTOM_VALUES, [timezone.now(), ids, custom, folded, texts]))


def _found(user_id: UUID, *, is_locked: bool = False) -> User:
    """Return the live user's row, perhaps locked until the transaction ends."""
    lock = "FOR UPDATE" if is_locked else ""
    found = EDITED_USERS.read(f"WHERE id = %s AND deprovisioned_at IS NULL {lock}", [user_id])
    if not found:
        raise NotFound(str(user_id))
    return found[0]


def _keep_user_name(before: UserState, after: UserState) -> UserState:
    """Return ``after``; the same userName in another letter case passes and is kept as it was."""
    if fold(after.user_name) != fold(before.user_name):
        raise UserNameImmutable(before.user_name)
    if after.user_name == before.user_name:
        return after
    return replace(after, user_name=before.user_name)


def set_columns(user: User, state: UserState) -> None:
    """Set all columns that follow from the state."""
    state.apply(user)
    user.email = state.email
    user.sort_name = fold_for_search(user.title)[:LONGEST_SORT_NAME]
    user.search_text = fold_for_search(" ".join(_searchable(user)))


def _searchable(user: User) -> list[str]:
    """Return everything that the Users page finds a person by."""
    addresses = [str(email.get("value", "")) for email in user.emails]
    names = [user.display_name, user.given_name, user.family_name, user.formatted_name]
    words = [user.user_name, *names, *addresses, user.department, *user.custom.values()]
    return list(dict.fromkeys(filter(None, words)))


def _event_of(before: UserState, after: UserState) -> EventType:
    """Return the name of a change: enabling and disabling have their own."""
    if before.active == after.active:
        return events.USER_UPDATED
    return events.USER_ENABLED if after.active else events.USER_DISABLED


def _consequences(user: User, before: UserState, actor: Actor) -> Consequences:
    """Return what follows from an activation or a deactivation."""
    if user.active == before.active:
        return Consequences()
    signal = signals.users_provisioned if user.active else signals.users_left
    return consequences(signal, [user], actor)


def user_event(event: EventType, user: User, actor: Actor, changes: list[Change]) -> Event:
    """Return the audit event of a user, its details naming the IdP."""
    return event_row(
        event,
        actor=actor,
        subject=Subject("user", str(user.id), user.title),
        details=provider_name(actor),
        changes=changes,
    )


def provider_name(actor: Actor) -> str:
    """Return the name of the actor's identity provider, as the trail's DETAILS column shows it."""
    provider = PROVIDERS.get(actor.provider)
    return provider.full_name if provider else ""
