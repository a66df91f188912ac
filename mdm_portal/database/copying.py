"""Many new rows by COPY, which costs Python and PostgreSQL a fraction of an INSERT.

An INSERT has a parameter for each value, which is written, named and read one by one.

A leaf that any room may import: it knows Django and nothing of ours.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar

import orjson
from django.db.models import Field, JSONField, Model

from mdm_portal.database.statements import connection

Row = TypeVar("Row", bound=Model)


class Copy(Generic[Row]):
    """Stores new rows of a model."""

    def __init__(self, model: type[Row]) -> None:
        """Store in the table of ``model``."""
        self.model = model

    def store(self, rows: Sequence[Row]) -> None:
        """Store rows, all or none; the caller's transaction goes on only if all are stored."""
        with (
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(self._statement) as copy,
        ):
            for row in rows:
                copy.write_row(self._values(row))

    def _values(self, row: Row) -> list[Any]:
        """Return what the database gets of a row; what follows from other columns is set on it."""
        for pre_save in self._pre_saves:
            pre_save(row, True)
        values = list(self._read(row))
        for at in self._json:
            values[at] = orjson.dumps(values[at]).decode()
        return values

    @cached_property
    def _fields(self) -> list["Field[Any, Any]"]:
        fields = self.model._meta.concrete_fields
        return [field for field in fields if not field.db_returning]

    @cached_property
    def _statement(self) -> str:
        columns = ", ".join(f'"{field.column}"' for field in self._fields)
        return f'COPY "{self.model._meta.db_table}" ({columns}) FROM STDIN'

    @cached_property
    def _pre_saves(self) -> list[Callable[[Row, bool], Any]]:
        """Those that do more than to return what the row has: they set it first."""
        return [field.pre_save for field in self._fields if type(field).pre_save != Field.pre_save]

    @cached_property
    def _read(self) -> Callable[[Row], Sequence[Any]]:
        return attrgetter(*(field.attname for field in self._fields))

    @cached_property
    def _json(self) -> list[int]:
        return [at for at, field in enumerate(self._fields) if isinstance(field, JSONField)]
