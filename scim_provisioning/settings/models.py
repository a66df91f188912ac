"""What an administrator sets for provisioning."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from scim_provisioning.directory.fields import FoldedField
from scim_provisioning.settings.variables import variable


class ProviderSettings(models.Model):
    """The switches of one identity provider; no row means the defaults."""

    provider = models.CharField(max_length=32, primary_key=True)
    auto_invite = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.provider


class CustomAttribute(models.Model):
    """A registered attribute of the ivanti extension, type IDP (product decision 11)."""

    name = models.CharField(max_length=64)
    name_key = FoldedField("name")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.TextField(blank=True, default="")

    class Meta:
        """Names are unique regardless of case."""

        ordering: ClassVar = ["name_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name_key"], name="settings_custom_attribute_unique")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def variable(self) -> str:
        """Return how the attribute is written where variables are supported."""
        return variable(self.name)


class DeletedAttribute(models.Model):
    """A custom attribute that is gone, while users may still have values of it."""

    name = models.CharField(max_length=64)
    name_key = FoldedField("name")
    deleted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Its name is free once its values are gone."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name_key"], name="settings_deleted_attribute_unique")
        ]

    def __str__(self) -> str:
        return self.name
