"""What other rooms read of the settings."""

from django.db.models import QuerySet

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
