"""What the directory asks, answered; loaded by AppConfig.ready."""

from typing import Any

from django.dispatch import receiver

from scim_provisioning.directory.custom_attributes import names_asked
from scim_provisioning.settings.registry import custom_attribute_names


@receiver(names_asked)
def names(**_question: Any) -> tuple[str, ...]:
    """Return the registered names."""
    return custom_attribute_names()
