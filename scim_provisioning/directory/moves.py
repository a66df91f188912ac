"""Users who join groups and leave them, and what the trail says of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from audit.mentions import mentioning
from audit.services import Change
from mdm_portal.database.statements import Statement, rows_of

NAMES_IN_TRAIL = 100
"""An event names at most so many members of a change, and counts the rest."""
LEAVE_ALL = """
DELETE FROM directory_membership AS held USING directory_group AS team
WHERE held.user_id = ANY(%s) AND team.id = held.group_id
RETURNING held.user_id, team.display_name
"""


@dataclass(frozen=True, slots=True)
class Moves:
    """Who joined a group and who left it, each with the userName."""

    joined: Mapping[UUID, str] = field(default_factory=dict)
    left: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def changes(self) -> list[Change]:
        """Return what the group's event says of it."""
        return changes_of("members", before=self.left.values(), after=self.joined.values())

    @property
    def mentions(self) -> Iterator[Statement]:
        """Return the statements that tell each user's history of the event stored before them."""
        return mentioning(joined=self.joined, left=self.left)


def changes_of(attribute: str, *, before: Iterable[str], after: Iterable[str]) -> list[Change]:
    """Return the change of a list of names; none when both are empty."""
    gone, new = sorted(before), sorted(after)
    if not gone and not new:
        return []
    return [Change(attribute=attribute, before=_shortened(gone), after=_shortened(new))]


def leave_all_groups(user_ids: Sequence[UUID]) -> dict[UUID, list[Change]]:
    """Take users out of all their groups; return what their own events say of it."""
    names: dict[UUID, list[str]] = defaultdict(list)
    for user_id, name in rows_of(LEAVE_ALL, [list(user_ids)]):
        names[user_id].append(name)
    return {
        user_id: changes_of("groups", before=names.get(user_id, ()), after=())
        for user_id in user_ids
    }


def _shortened(names: list[str]) -> list[str]:
    """Return the first names, and how many more there are."""
    more = len(names) - NAMES_IN_TRAIL
    return [*names[:NAMES_IN_TRAIL], f"+{more}"] if more > 0 else names
