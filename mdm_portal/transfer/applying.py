"""A checked file becomes users and groups, a transaction a batch; what is there already stays."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from audit.actors import Actor
from mdm_portal.transfer.reading import DirectoryFile, Entry, TransferError
from mdm_portal.transfer.records import ATTRIBUTE, GROUP, KINDS, MEMBERSHIP, USER
from scim_provisioning.directory.errors import DirectoryError
from scim_provisioning.directory.transfer import (
    restore_groups,
    restore_memberships,
    restore_users,
)
from scim_provisioning.settings.services import CustomAttributeError
from scim_provisioning.settings.transfer import restore_custom_attribute


def apply(file: DirectoryFile, *, actor: Actor, advance: Callable[[int], None]) -> Counter[str]:
    """Return how many records of each kind were new.

    Killed at any point, it goes on where it was when it is called again.
    """
    made: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    for kind, entries in file.batches(advance):
        try:
            made[kind] += _APPLIERS[kind](entries, actor)
        except (DirectoryError, CustomAttributeError) as error:
            lines = f"{entries[0].line} to {entries[-1].line}"
            raise TransferError(
                f"Lines {lines}: {error} Somebody changed the directory meanwhile; what stands "
                "before was applied. Mend that, then go on with --resume."
            ) from error
    return made


def _attributes(entries: list[Entry], actor: Actor) -> int:
    records: list[Any] = [entry.record for entry in entries]
    return sum(
        restore_custom_attribute(
            name=one.name, created_at=one.created_at, created_by=one.created_by, actor=actor
        )
        for one in records
    )


def _users(entries: list[Entry], actor: Actor) -> int:
    people: list[Any] = [entry.record for entry in entries]
    return restore_users(people=people, actor=actor)


def _groups(entries: list[Entry], actor: Actor) -> int:
    teams: list[Any] = [entry.record for entry in entries]
    return restore_groups(teams=teams, actor=actor)


def _memberships(entries: list[Entry], actor: Actor) -> int:
    records: list[Any] = [entry.record for entry in entries]
    pairs = {(one.group_id, one.user_id) for one in records}
    return restore_memberships(pairs=pairs, actor=actor)


_APPLIERS: dict[str, Callable[[list[Entry], Actor], int]] = {
    ATTRIBUTE: _attributes,
    USER: _users,
    GROUP: _groups,
    MEMBERSHIP: _memberships,
}
