"""A configuration."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from scim_provisioning.configurations.kinds import KINDS, Kind
from scim_provisioning.directory.fields import FoldedField
from scim_provisioning.directory.models import new_id


class Configuration(models.Model):
    """A named set of fields that is filled for each user."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    name_key = FoldedField("name")
    kind = models.CharField(max_length=16)
    values = models.JSONField(default=list, blank=True)
    """``[key, value]`` in the order of the form; of a secret field there is none."""
    secrets = models.JSONField(default=dict, blank=True)
    """``{key: value}`` of the secret fields that are set."""
    variables = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    """The variables in the values: what a custom attribute's deletion and the counts ask for."""
    created_at = models.DateTimeField(default=timezone.now)
    modified_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Names are unique regardless of case."""

        ordering: ClassVar = ["name_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name_key"], name="configurations_name_unique")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def declaration(self) -> Kind:
        """Return the type."""
        return KINDS[self.kind]
