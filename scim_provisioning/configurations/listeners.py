"""Who uses a custom attribute: answered for the room below, which may then not delete it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from scim_provisioning.configurations.selectors import configurations_using
from scim_provisioning.settings.uses import Use, uses_asked


@receiver(uses_asked)
def configurations_that_use(names: Sequence[str], **_others: Any) -> dict[str, list[Use]]:
    """Return the configurations that use each of some custom attributes, in one statement."""
    uses: dict[str, list[Use]] = defaultdict(list)
    for row in configurations_using(names).only("name", "variables"):
        use = Use(row.name, reverse("configuration", args=[row.pk]))
        for name in set(row.variables) & set(names):
            uses[name].append(use)
    return dict(uses)
