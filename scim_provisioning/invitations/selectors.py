"""What the portal shows of invitations."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from scim_provisioning.invitations.models import Invitation


def latest_invitations(user_ids: Iterable[UUID]) -> dict[UUID, Invitation]:
    """Return the newest invitation of each user who has one."""
    newest = Invitation.objects.filter(user_id__in=list(user_ids), is_newest=True)
    return {invitation.user_id: invitation for invitation in newest}


def invite_status(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the invitation status of each user, in the reader's language; one statement."""
    ids = list(user_ids)
    latest = latest_invitations(ids)
    labels = {user_id: invitation.status_label for user_id, invitation in latest.items()}
    return {user_id: labels.get(user_id, _("Not Invited")) for user_id in ids}


def invitations_of(user_id: UUID) -> QuerySet[Invitation]:
    """Return all invitations of a user, newest first."""
    return Invitation.objects.filter(user_id=user_id).order_by("-created_at", "id")
