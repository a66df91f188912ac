"""Services that let many users join or leave a local group: all or nothing, one audit event."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from audit.actors import Actor
from scim_provisioning.directory.errors import UnknownGroup
from scim_provisioning.directory.groups import update_group
from scim_provisioning.directory.models import Group, Membership
from scim_provisioning.directory.owners import refuse_owned
from scim_provisioning.directory.state import GroupChange, MemberChange
from scim_provisioning.directory.verdicts import (
    DONE,
    LEFT,
    Verdicts,
    judged_batches,
    with_the_gone,
)

MEMBER, NO_MEMBER = "member", "no_member"
HAS_LEFT: Verdicts = {LEFT: Q(deprovisioned_at__isnull=False)}
"""Who belongs to no group; a user of an IdP may be a member of a local group."""


def assign_to_group(*, user_ids: Sequence[UUID], group_id: UUID, actor: Actor) -> Counter[str]:
    """Return how many users joined a local group, and how many were skipped for what reason.

    Raises UnknownGroup, OwnedByProvider.
    """
    with transaction.atomic():
        _lock(group_id)
        outcome, ids = _judged(user_ids, cannot_join(group_id))
        _change(group_id, MemberChange(added=ids), actor)
    return with_the_gone(outcome, user_ids)


def remove_from_group(*, user_ids: Sequence[UUID], group_id: UUID, actor: Actor) -> Counter[str]:
    """Return how many users left a local group, and how many were skipped for what reason.

    Raises UnknownGroup, OwnedByProvider.
    """
    with transaction.atomic():
        _lock(group_id)
        outcome, ids = _judged(user_ids, cannot_quit(group_id))
        _change(group_id, MemberChange(removed=ids), actor)
    return with_the_gone(outcome, user_ids)


def cannot_join(group_id: UUID) -> Verdicts:
    """Return why users would not join a group."""
    return {**HAS_LEFT, MEMBER: _is_member(group_id)}


def cannot_quit(group_id: UUID) -> Verdicts:
    """Return why users would not leave a group."""
    return {**HAS_LEFT, NO_MEMBER: ~_is_member(group_id)}


def _is_member(group_id: UUID) -> Q:
    return Q(Exists(Membership.objects.filter(group_id=group_id, user_id=OuterRef("pk"))))


def _lock(group_id: UUID) -> None:
    """Lock the group before any user, as every other change of members does: no deadlock."""
    group = Group.objects.select_for_update().filter(id=group_id).first()
    if group is None:
        raise UnknownGroup
    refuse_owned(group)


def _judged(user_ids: Sequence[UUID], cannot: Verdicts) -> tuple[Counter[str], frozenset[UUID]]:
    """Return how many users got which verdict, and those whom nothing speaks against."""
    judged = [user for batch in judged_batches(user_ids, cannot) for user in batch]
    outcome = Counter(str(user.verdict) for user in judged)
    return outcome, frozenset(user.id for user in judged if user.verdict == DONE)


def _change(group_id: UUID, members: MemberChange, actor: Actor) -> None:
    """Change the members as the group's own page does, with its event of the trail."""
    update_group(group_id=group_id, edit=lambda state: GroupChange(state, members), actor=actor)
