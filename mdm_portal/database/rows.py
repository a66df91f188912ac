"""New rows in memory, made from the defaults of their model's fields.

A leaf that any room may import: it knows Django and nothing of ours.
"""

from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)


class NewRow(Generic[Row]):
    """Makes what ``Model(...)`` does, but for its checks and signals, in a quarter of the time."""

    def __init__(self, model: type[Row]) -> None:
        """Make rows of ``model``."""
        self.model = model

    def __call__(self, **values: Any) -> Row:
        """Return a row, not stored yet; ``values`` by the names of the columns' attributes."""
        row = self.model.__new__(self.model)
        row._state = ModelState()
        made = {name: default() for name, default in self._made if name not in values}
        row.__dict__.update(self._fixed, **made, **values)
        return row

    @cached_property
    def _fixed(self) -> dict[str, Any]:
        """Return the defaults that are the same for all rows."""
        made = {name for name, _default in self._made}
        fields = self.model._meta.concrete_fields
        return {field.attname: field.get_default() for field in fields if field.attname not in made}

    @cached_property
    def _made(self) -> list[tuple[str, Any]]:
        """Return what makes the defaults that are each row's own."""
        fields = self.model._meta.concrete_fields
        own = [field for field in fields if field.has_default() and callable(field.default)]
        return [(field.attname, field.default) for field in own]
