"""What other rooms read of the directory."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from mdm_portal.database.statements import rows_of
from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.directory.text import fold
from scim_provisioning.providers import LOCAL


def live_users() -> QuerySet[User]:
    """Return the users that SCIM sees: those not deprovisioned."""
    return User.objects.filter(deprovisioned_at=None)


def all_users() -> QuerySet[User]:
    """Return all users that the portal lists."""
    return User.objects.all()


def groups() -> QuerySet[Group]:
    """Return all groups."""
    return Group.objects.all()


TOTALS = """
SELECT sum(number) FILTER (WHERE kind = %s), sum(number) FILTER (WHERE kind <> %s)
FROM directory_total WHERE kind IN (%s, %s)
"""


def totals_of(kind: str) -> tuple[int, int]:
    """Return how many live users ("user") or groups ("group") there are, and ``moves`` of theirs.

    However many there are, nothing is counted: ``Total``.
    """
    ((number, moves),) = rows_of(TOTALS, [kind, kind, kind, f"{kind} moves"])
    return int(number or 0), int(moves or 0)


BY_SOURCE = """
SELECT source, kind, sum(number) FROM directory_total WHERE kind IN ('user', 'gone', 'group')
GROUP BY source, kind
UNION ALL SELECT source, 'inactive', count(*) FROM directory_inactiveuser GROUP BY source
"""


def totals_by_source() -> dict[str, Counter[str]]:
    """Return of each source how many it has: ``user``, ``inactive``, ``gone``, ``group``.

    ``user`` are live users, of whom some are inactive; ``gone`` are the deprovisioned. All but the
    inactive have been counted by the database: ``Total``.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for source, kind, number in rows_of(BY_SOURCE, []):
        found[source][kind] = int(number)
    return found


def members_of(group_id: UUID) -> QuerySet[User]:
    """Return the members of a group, oldest first."""
    return User.objects.filter(memberships__group_id=group_id).order_by("id")


def others_than_members_of(group_id: UUID) -> QuerySet[User]:
    """Return the users who may join a group."""
    is_member = Membership.objects.filter(group_id=group_id, user_id=OuterRef("pk"))
    return live_users().filter(~Exists(is_member))


def member_count(group_id: UUID) -> int:
    """Return how many members a group has."""
    return Membership.objects.filter(group_id=group_id).count()


def groups_of(user_id: UUID) -> QuerySet[Group]:
    """Return the groups of a user, by name."""
    return Group.objects.filter(memberships__user_id=user_id).order_by("display_name_key")


def local_groups() -> QuerySet[Group, tuple[UUID, str]]:
    """Return id and name of the groups that are managed here, by name."""
    rows = Group.objects.filter(source=LOCAL).order_by("display_name_key")
    return rows.values_list("id", "display_name")


def local_group(name: str) -> Group | None:
    """Return the local group of this name; letter case does not count."""
    return Group.objects.filter(source=LOCAL, display_name_key=fold(name)).first()


def taken_user_names(keys: Sequence[str]) -> QuerySet[User, str]:
    """Return those of some folded userNames that live users have."""
    return live_users().filter(user_name_key__in=keys).values_list("user_name_key", flat=True)


SUGGESTED = 200
"""A text box offers at most so many values to choose from."""
_DEPARTMENTS = """
WITH RECURSIVE known AS (
    (SELECT department_key, department FROM directory_user
     WHERE department_key > '' ORDER BY department_key, sort_name, id LIMIT 1)
    UNION ALL
    SELECT next.department_key, next.department FROM known, LATERAL (
        SELECT department_key, department FROM directory_user
        WHERE department_key > known.department_key ORDER BY department_key, sort_name, id LIMIT 1
    ) AS next
)
SELECT department FROM known LIMIT %s
"""
"""A skip from one department to the next by index: DISTINCT would read every user."""


def departments() -> list[str]:
    """Return the first departments that users have, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_DEPARTMENTS, [SUGGESTED])
        return [department for (department,) in cursor.fetchall()]


def group_names() -> list[str]:
    """Return the first names of groups."""
    names = Group.objects.order_by("display_name_key").values_list("display_name", flat=True)
    return list(names[:SUGGESTED])
