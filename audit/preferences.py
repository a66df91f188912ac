"""How an administrator likes to read the trail."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Upper


class ColumnChoice(models.Model):
    """The columns that an administrator wants to see; without one, the default ones."""

    administrator = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    keys = models.JSONField(default=list)

    def __str__(self) -> str:
        return ", ".join(self.keys)


class SavedQuery(models.Model):
    """A set of filters under a name, of one administrator."""

    administrator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=100)
    query = models.TextField()
    """The part of the page's address after the question mark."""

    class Meta:
        """By name; letter case makes no second name. ``iexact`` compares as Upper does."""

        ordering: ClassVar = [Upper("name"), "id"]
        constraints: ClassVar = [
            models.UniqueConstraint("administrator", Upper("name"), name="audit_saved_query_name"),
        ]

    def __str__(self) -> str:
        return self.name
