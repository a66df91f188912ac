"""The statuses of users: active, inactive, deprovisioned."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from scim_provisioning.directory.models import InactiveUser, User


def of_status(users: QuerySet[User], status: str) -> QuerySet[User]:
    """Return the users of one status."""
    if status == "deprovisioned":
        return users.exclude(deprovisioned_at=None)
    if status == "inactive":
        return users.filter(inactive__isnull=False)
    return users.filter(deprovisioned_at=None, active=True)


def by_status(*, descends: bool) -> Sequence[QuerySet[Any]]:
    """Return rows with the keys of all users, status by status: each has an index in its order."""
    everybody = User.objects.all()
    statuses: tuple[QuerySet[Any], ...] = (
        of_status(everybody, "deprovisioned").order_by("deprovisioned_at", "sort_name", "pk"),
        InactiveUser.objects.order_by("sort_name", "pk"),
        of_status(everybody, "active").order_by("sort_name", "pk"),
    )
    return [rows.reverse() for rows in reversed(statuses)] if descends else statuses
