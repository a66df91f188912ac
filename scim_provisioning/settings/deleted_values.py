"""Values of deleted custom attributes: nobody sees them, and some users at a time lose them.

So neither the administrator nor an identity provider waits for the rows of all users.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import forget_custom_attribute
from scim_provisioning.settings.models import DeletedAttribute

PATIENCE = timedelta(seconds=3)
"""For so long somebody waits; the rest is left to the housekeeping."""
SETTLED = timedelta(seconds=30)
"""After so long no request is under way that still knows the attribute."""
FOREVER = datetime.max.replace(tzinfo=UTC)


def forget_at_once(deleted: DeletedAttribute) -> bool:
    """Delete an attribute's values while somebody waits; tell whether all are gone."""
    return _forgets(deleted, timezone.now() + PATIENCE)


def forget_rest() -> int:
    """Delete all values that are left; return how many attributes have none any more."""
    return sum(map(_settles, DeletedAttribute.objects.all()))


def _settles(deleted: DeletedAttribute) -> bool:
    """Delete an attribute's values; tell whether none can come any more: it is past then."""
    is_settled = timezone.now() - deleted.deleted_at > SETTLED
    is_done = _forgets(deleted, FOREVER) and is_settled
    if is_done:
        deleted.delete()
    return is_done


def _forgets(deleted: DeletedAttribute, until: datetime) -> bool:
    """Delete an attribute's values; tell whether all are gone in time."""
    last = UUID(int=0)
    while batch := _forget_some(deleted, last):
        if timezone.now() > until:
            return False
        last = batch[-1].id
    return True


def _forget_some(deleted: DeletedAttribute, after: UUID) -> list[User]:
    """Delete some users' values, unless the name is registered again, and these are new ones."""
    with transaction.atomic():
        held = DeletedAttribute.objects.select_for_update().filter(pk=deleted.pk)
        return forget_custom_attribute(deleted.name, after) if held.first() else []
