"""What an action on many users does with each: declared once as conditions, in a fixed order.

The page that asks first counts the verdicts in the database; the service that acts reads the very
same ones of the rows that it holds.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, Value, When

from scim_provisioning.directory.invite_status import with_invite_status
from scim_provisioning.directory.models import User
from scim_provisioning.providers import LOCAL

BATCH = 500
DONE = ""
GONE = "gone"
OWNED, LEFT = "owned", "left"
Verdicts = Mapping[str, Q]
"""Conditions by the name of the verdict; the first that fits counts, DONE where none does."""

NOT_LOCAL: dict[str, Q] = {
    LEFT: Q(deprovisioned_at__isnull=False),
    OWNED: ~Q(source=LOCAL),
}
"""Whose status and attributes are locked; deleting treats each kind in its own way."""


def count_verdicts(users: QuerySet[User], verdicts: Verdicts) -> Counter[str]:
    """Return how many users get each verdict, in one statement."""
    rows = judged(users.order_by(), verdicts).values_list("verdict")
    return Counter(dict(rows.annotate(users=Count("id"))))


def judged_batches(user_ids: Sequence[UUID], verdicts: Verdicts) -> Iterator[list[Any]]:
    """Yield the users in batches, each with its ``verdict``, their rows locked in one order.

    Locked first, judged after: so what another transaction did meanwhile counts.
    """
    ordered = sorted(user_ids)
    for start in range(0, len(ordered), BATCH):
        rows = User.objects.filter(id__in=ordered[start : start + BATCH])
        list(rows.select_for_update().order_by("id").values_list("id"))
        yield list(judged(rows.order_by("id"), verdicts))


def with_the_gone(outcome: Counter[str], user_ids: Sequence[UUID]) -> Counter[str]:
    """Return an outcome that counts those, too, who were no longer there."""
    return outcome + Counter({GONE: len(user_ids) - outcome.total()})


def judged(users: QuerySet[User], verdicts: Verdicts) -> QuerySet[Any]:
    """Return the users with their ``verdict``."""
    cases = [When(condition, then=Value(name)) for name, condition in verdicts.items()]
    verdict = Case(*cases, default=Value(DONE))
    rows: QuerySet[Any] = with_invite_status(users).annotate(verdict=verdict)
    return rows
