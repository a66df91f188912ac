"""Services that change many users at once: each all or nothing, an audit event a user."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit import events
from audit.actors import Actor
from audit.events import EventType
from audit.services import Change, record_all
from scim_provisioning.directory import signals
from scim_provisioning.directory.custom_attributes import custom_attribute_names
from scim_provisioning.directory.errors import NotFound, UnknownAttribute, ValueMissing
from scim_provisioning.directory.models import User
from scim_provisioning.directory.moves import leave_all_groups
from scim_provisioning.directory.services import set_custom_values, user_event
from scim_provisioning.directory.signals import consequences
from scim_provisioning.directory.verdicts import (
    DONE,
    LEFT,
    NOT_LOCAL,
    Verdicts,
    judged_batches,
    with_the_gone,
)

ENABLED, DISABLED = "enabled", "disabled"
KEPT, SAME, EMPTY = "kept", "same", "empty"
CANNOT_ENABLE: Verdicts = NOT_LOCAL | {ENABLED: Q(active=True)}
CANNOT_DISABLE: Verdicts = NOT_LOCAL | {DISABLED: Q(active=False)}


def enable_users(*, user_ids: Sequence[UUID], actor: Actor) -> Counter[str]:
    """Return how many local users were enabled, and how many were skipped for what reason."""
    outcome: Counter[str] = Counter()
    with transaction.atomic():
        for batch in judged_batches(user_ids, CANNOT_ENABLE):
            outcome.update(user.verdict for user in batch)
            enabled = [user for user in batch if user.verdict == DONE]
            _switch(enabled, events.USER_ENABLED, actor, active=True)
            consequences(signals.users_provisioned, enabled, actor).store()
    return with_the_gone(outcome, user_ids)


def disable_users(*, user_ids: Sequence[UUID], actor: Actor) -> Counter[str]:
    """Return how many local users were disabled, and how many were skipped for what reason."""
    outcome: Counter[str] = Counter()
    with transaction.atomic():
        for batch in judged_batches(user_ids, CANNOT_DISABLE):
            outcome.update(user.verdict for user in batch)
            disabled = [user for user in batch if user.verdict == DONE]
            _switch(disabled, events.USER_DISABLED, actor, active=False)
            consequences(signals.users_left, disabled, actor).store()
    return with_the_gone(outcome, user_ids)


def delete_users(*, user_ids: Sequence[UUID], actor: Actor) -> Counter[str]:
    """Return how many users were deleted, by whose they were.

    Whoever is there leaves as Deprovisioned, whoever has LEFT goes for good (product decision 16).
    """
    outcome: Counter[str] = Counter()
    with transaction.atomic():
        for batch in judged_batches(user_ids, NOT_LOCAL):
            outcome.update(user.verdict for user in batch)
            _deprovision([user for user in batch if user.verdict != LEFT], actor)
            _erase([user for user in batch if user.verdict == LEFT], actor)
    return with_the_gone(outcome, user_ids)


def erase_user(*, user_id: UUID, actor: Actor) -> None:
    """Delete a deprovisioned user for good; raise NotFound where there is none."""
    with transaction.atomic():
        rows = User.objects.select_for_update().filter(id=user_id, deprovisioned_at__isnull=False)
        users = list(rows)
        if not users:
            raise NotFound(str(user_id))
        _erase(users, actor)


def assign_custom_attribute(
    *, user_ids: Sequence[UUID], name: str, value: str, overwrite: bool, actor: Actor
) -> Counter[str]:
    """Return how many local users got the value, and how many were skipped for what reason.

    Without ``overwrite`` only users who have no value yet. Raises UnknownAttribute, ValueMissing.
    """
    _check_name(name)
    if not value.strip():
        raise ValueMissing
    return _change_custom(user_ids, cannot_assign(name, value, overwrite), name, value, actor)


def remove_custom_attribute(*, user_ids: Sequence[UUID], name: str, actor: Actor) -> Counter[str]:
    """Return how many local users lost their value, and how many were skipped for what reason.

    Raises UnknownAttribute.
    """
    _check_name(name)
    return _change_custom(user_ids, cannot_remove(name), name, None, actor)


def cannot_assign(name: str, value: str, overwrite: bool) -> Verdicts:
    """Return why users would not get a value."""
    same = {SAME: Q(custom__contains={name: value})}
    return NOT_LOCAL | same | ({} if overwrite else {KEPT: Q(custom__has_key=name)})


def cannot_remove(name: str) -> Verdicts:
    """Return why users would not lose a value."""
    return NOT_LOCAL | {EMPTY: ~Q(custom__has_key=name)}


def _check_name(name: str) -> None:
    """Refuse what is no registered attribute."""
    if name not in custom_attribute_names():
        raise UnknownAttribute(name)


def _change_custom(
    user_ids: Sequence[UUID], cannot: Verdicts, name: str, value: str | None, actor: Actor
) -> Counter[str]:
    """Set or clear a custom attribute of those whom nothing speaks against."""
    outcome: Counter[str] = Counter()
    with transaction.atomic():
        for batch in judged_batches(user_ids, cannot):
            outcome.update(user.verdict for user in batch)
            changed = [user for user in batch if user.verdict == DONE]
            before = {user.id: user.custom.get(name) for user in changed}
            set_custom_values(changed, name, value)
            record_all(
                user_event(
                    events.USER_UPDATED,
                    user,
                    actor,
                    [Change(attribute=name, before=before[user.id], after=value)],
                )
                for user in changed
            )
    return with_the_gone(outcome, user_ids)


def _switch(users: list[Any], event: EventType, actor: Actor, *, active: bool) -> None:
    """Enable or disable users, in two statements."""
    _update(users, active=active)
    for user in users:
        user.active = active
    change = Change(attribute="active", before=not active, after=active)
    record_all(user_event(event, user, actor, [change]) for user in users)


def _deprovision(users: list[Any], actor: Actor) -> None:
    """Take users out of the directory, keeping the rows (product decision 16)."""
    _update(users, active=False, deprovisioned_at=timezone.now())
    _record_deleted(users, leave_all_groups([user.id for user in users]), actor)
    consequences(signals.users_left, users, actor).store()


def _erase(users: list[Any], actor: Actor) -> None:
    """Delete the rows of users who have left, their invitations with them."""
    record_all(user_event(events.USER_ERASED, user, actor, []) for user in users)
    User.objects.filter(id__in=[user.id for user in users]).delete()


def _record_deleted(users: list[Any], left: dict[UUID, list[Change]], actor: Actor) -> None:
    """Write the events of users who are gone for SCIM, with the groups that each left."""
    record_all(
        user_event(
            events.USER_DELETED,
            user,
            actor,
            [Change(attribute="active", before=user.active, after=None), *left[user.id]],
        )
        for user in users
    )


def _update(users: list[Any], **columns: Any) -> None:
    """Set columns of users alike, with the next version of each."""
    User.objects.filter(id__in=[user.id for user in users]).update(
        **columns, version=F("version") + 1, modified_at=timezone.now()
    )
