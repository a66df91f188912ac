"""The state of a user's newest invitation, read through the relation that the invitations add.

The room above writes invitations; the Users page only shows their state and filters by it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scim_provisioning.directory.models import User

ANSWER_WITHIN = timedelta(days=30)
NOT_INVITED, PENDING, COMPLETED, EXPIRED, FAILED = (
    "not_invited",
    "pending",
    "completed",
    "expired",
    "failed",
)


@dataclass(frozen=True, slots=True)
class InviteStatus:
    """One state, as the Invite Status column shows it."""

    label: Promise
    tone: str


INVITE_STATUSES: dict[str, InviteStatus] = {
    NOT_INVITED: InviteStatus(_("Not Invited"), "neutral"),
    PENDING: InviteStatus(_("Pending"), "info"),
    COMPLETED: InviteStatus(_("Completed"), "good"),
    EXPIRED: InviteStatus(_("Expired"), "warning"),
    FAILED: InviteStatus(_("Failed"), "bad"),
}


def with_invite_status(users: QuerySet[User]) -> QuerySet[Any]:
    """Return the users, each with ``invite_status``, a key of INVITE_STATUSES."""
    state = Case(*(When(rule, then=Value(status)) for status, rule in _rules().items()))
    newest = _newest_of(OuterRef("pk")).annotate(state=state).values("state")[:1]
    return users.annotate(invite_status=Coalesce(Subquery(newest), Value(NOT_INVITED)))


def of_invite_status(users: QuerySet[User], status: str) -> QuerySet[User]:
    """Return the users whose newest invitation has a status."""
    if status == NOT_INVITED:
        return users.filter(~Exists(_newest_of(OuterRef("pk")).exclude(_rules()[status])))
    # A join, so that it ends with as many as are asked for.
    return users.filter(_rules("invitations__")[status], invitations__is_newest=True)


def _newest_of(user: OuterRef) -> QuerySet[Any]:
    """Return the newest invitation of a user."""
    model: Any = User._meta.get_field("invitations").related_model
    invitations: QuerySet[Any] = model.objects.filter(user=user, is_newest=True)
    return invitations


def _rules(where: str = "") -> dict[str, Q]:
    """Return what an invitation of each status is like, as of now; it is found at ``where``."""
    status, sent_at = f"{where}status", f"{where}sent_at"
    since = timezone.now() - ANSWER_WITHIN
    in_time = Q(**{f"{sent_at}__gte": since}) | Q(**{sent_at: None})
    return {
        EXPIRED: Q(**{status: "sent", f"{sent_at}__lt": since}) | Q(**{status: "expired"}),
        PENDING: Q(**{status: "pending"}) | Q(**{status: "sent"}) & in_time,
        COMPLETED: Q(**{status: "completed"}),
        FAILED: Q(**{status: "failed"}),
        NOT_INVITED: Q(**{status: "cancelled"}),
    }
