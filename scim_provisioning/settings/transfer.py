"""Custom attributes that come from another portal, with the word of who registered them."""

from datetime import datetime

from django.db import transaction

from audit.actors import Actor
from scim_provisioning.settings.models import CustomAttribute
from scim_provisioning.settings.services import add_custom_attribute


def restore_custom_attribute(
    *, name: str, created_at: datetime, created_by: str, actor: Actor
) -> bool:
    """Register an attribute unless it is; tell whether it was new. Raises CustomAttributeError."""
    with transaction.atomic():
        if CustomAttribute.objects.filter(name=name).exists():
            return False
        attribute = add_custom_attribute(name=name, actor=actor)
        rows = CustomAttribute.objects.filter(pk=attribute.pk)
        rows.update(created_at=created_at, created_by=created_by)
    return True
