"""What other rooms read of the settings."""

from django.db.models import Count, Func, QuerySet, TextField

from mdm_portal.portal.remembered import remembered
from scim_provisioning.directory.models import User
from scim_provisioning.settings.models import CustomAttribute, ProviderSettings


def custom_attributes() -> QuerySet[CustomAttribute]:
    """Return the registered custom attributes, by name."""
    return CustomAttribute.objects.all()


def locked_attribute_names() -> list[str]:
    """Return the registered names, which nobody can delete until the transaction ends."""
    rows = CustomAttribute.objects.select_for_update().order_by("id")
    return list(rows.values_list("name", flat=True))


def auto_invite(provider: str) -> bool:
    """Tell whether users imported from this IdP are invited automatically."""
    return ProviderSettings.objects.filter(provider=provider, auto_invite=True).exists()


def users_with_value(name: str) -> int:
    """Return how many users have a value of a custom attribute."""
    return User.objects.filter(custom__has_key=name).count()


def users_with_values() -> dict[str, int]:
    """Return how many users have a value of each custom attribute that anybody has one of.

    Half a minute old at most: of a large directory all of it is read.
    """
    return remembered("settings.users_with_values", _users_with_values)


def _users_with_values() -> dict[str, int]:
    """Count afresh."""
    keys = Func("custom", function="jsonb_object_keys", output_field=TextField())
    keys.set_returning = True
    named = User.objects.order_by().annotate(name=keys).values_list("name")
    return dict(named.annotate(users=Count("pk")))
