"""Columns that follow another column of the same row."""

from collections.abc import Callable
from typing import Any

from django.db import models

from scim_provisioning.directory.text import fold, fold_json


class DerivedMixin(models.Field):  # type: ignore[type-arg]
    """Sets itself from ``source`` through ``derive`` whenever its row is saved."""

    derive: Callable[[Any], Any]

    def __init__(self, source: str = "", **options: Any) -> None:
        """Follow the attribute ``source`` of the model."""
        self.source = source
        super().__init__(editable=False, **options)

    def deconstruct(self) -> Any:
        """Return the field for migrations."""
        name, path, arguments, options = super().deconstruct()
        options.pop("editable", None)
        return name, path, arguments, {**options, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return the value to store, and set it on the instance."""
        value = type(self).derive(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value


class FoldedField(DerivedMixin, models.TextField):  # type: ignore[type-arg]
    """The folded twin of a text column: what case-insensitive comparisons and sorts read."""

    derive = staticmethod(fold)

    def __init__(self, source: str = "", **options: Any) -> None:
        """Order by code point, the same on every server, so that prefixes use the index too."""
        super().__init__(source, **{"db_collation": "C", **options})


class FoldedJSONField(DerivedMixin, models.JSONField):
    """The folded twin of a JSON column."""

    derive = staticmethod(fold_json)


def derived(model: type[models.Model]) -> frozenset[str]:
    """Return the columns of a model that follow from others."""
    fields = model._meta.local_concrete_fields
    return frozenset(field.attname for field in fields if isinstance(field, DerivedMixin))
