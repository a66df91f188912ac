"""What pages and other rooms read of the configurations."""

from collections.abc import Sequence

from django.db.models import QuerySet

from scim_provisioning.configurations.models import Configuration


def configurations() -> QuerySet[Configuration]:
    """Return all configurations, by name, their secrets left in the database."""
    return Configuration.objects.defer("secrets")


def configurations_using(names: Sequence[str]) -> QuerySet[Configuration]:
    """Return the configurations that use at least one of some variables."""
    return Configuration.objects.filter(variables__overlap=list(names))
