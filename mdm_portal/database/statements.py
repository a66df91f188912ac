"""SELECT, INSERT and UPDATE of one table, their text written once.

The ORM puts a statement together each time, which takes longer than PostgreSQL takes to answer it:
what every request of an identity provider needs is read and written here. Everything else goes
through the ORM.

A leaf that any room may import: it knows Django and nothing of ours.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

import orjson
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import CharField, Field, JSONField, Model
from django.db.models.base import ModelState
from django.utils.connection import ConnectionProxy
from psycopg.types.json import Jsonb

from mdm_portal.database.prepared import Statement

__all__ = [
    "Statement",
    "Table",
    "has_effect",
    "rows_of",
    "rows_of_all",
    "run",
    "run_last",
    "undone_alone",
]

connection: Any = ConnectionProxy(connections, DEFAULT_DB_ALIAS)
"""The primary's connection: ``mdm_portal.database`` adds to Django's what is used here."""
Row = TypeVar("Row", bound=Model)
Fields = tuple["Field[Any, Any]", ...]


ROWS_AT_ONCE = 1_000
"""A statement has 65,535 parameters at most."""
PLAIN = frozenset(
    "BooleanField CharField TextField UUIDField DateTimeField ForeignKey IntegerField "
    "SmallIntegerField BigIntegerField PositiveSmallIntegerField PositiveIntegerField".split()
)
"""Fields whose values psycopg adapts by itself."""
Preparing = Callable[[Model, bool], Any]
"""Returns what the database gets of a row, perhaps a new one."""
Values = Callable[[Model], list[Any]]
"""Returns what the database gets of a row, for several columns."""


def run(*statements: Statement) -> None:
    """Let the database do it in one round trip; the caller's transaction makes it all or none."""
    connection.answers(statements)


def run_last(*statements: Statement) -> None:
    """Let the database do it in one round trip, the COMMIT of the caller's transaction with it.

    The caller does nothing after it that could fail: it would stay stored.
    """
    connection.answers(statements, are_last=True)


def has_effect(statement: Statement) -> bool:
    """Let the database do it, and tell whether it stored, changed or deleted any row."""
    return bool(connection.answer(statement)[1])


def undone_alone() -> AbstractContextManager[Any]:
    """Undo what fails within and nothing else, where it is part of a transaction.

    Elsewhere ``run`` and ``has_effect`` are transactions of their own, and need no other.
    """
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def rows_of(statement: str, parameters: Sequence[Any]) -> list[Any]:
    """Return what a statement gives, each row as a tuple."""
    found: list[Any] = connection.answer((statement, parameters))[0]
    return found


def rows_of_all(*statements: Statement) -> list[list[Any]]:
    """Return what each of some statements gives, in one round trip."""
    return [rows for rows, _number in connection.answers(statements)]


class Table(Generic[Row]):
    """The table of a model."""

    def __init__(
        self,
        model: type[Row],
        unread: Collection[str] = (),
        computed: Mapping[str, str] | None = None,
    ) -> None:
        """Leave out ``unread`` columns when rows are read; whoever asks a row for one loads it.

        ``computed`` are expressions of JSON as text, by the attribute of the row that they become.
        """
        self.model, self.unread = model, frozenset(unread)
        self.computed = dict(computed or {})

    def read(
        self, condition: str, parameters: Sequence[Any], *, is_bare: bool = False
    ) -> list[Row]:
        """Return rows; ``condition`` is what follows FROM, in SQL with %s for each parameter.

        ``is_bare``: without what is computed.
        """
        return self.rows(rows_of(*self.reading(condition, parameters, is_bare=is_bare)))

    def reading(
        self, condition: str, parameters: Sequence[Any], *, is_bare: bool = False
    ) -> Statement:
        """Return the statement by which ``read`` reads."""
        return f"{self._select_bare if is_bare else self._select} {condition}", parameters

    def rows(self, found: Sequence[Any]) -> list[Row]:
        """Return rows as that statement gives them."""
        return [self._row(list(values)) for values in found]

    def count(self, condition: str, parameters: Sequence[Any]) -> int:
        """Return how many rows there are; ``condition`` as in ``read``."""
        ((number,),) = rows_of(f"SELECT count(*) FROM {self.name} {condition}", parameters)  # noqa: S608
        return int(number)

    def inserting(self, rows: Sequence[Row]) -> list[Statement]:
        """Return the statements that store new rows: one, unless they are very many."""
        return [
            self._inserting(rows[first : first + ROWS_AT_ONCE])
            for first in range(0, len(rows), ROWS_AT_ONCE)
        ]

    def _inserting(self, rows: Sequence[Row]) -> Statement:
        places = ", ".join([self._places] * len(rows))
        values = [value for row in rows for value in self._written_values(row)]
        return f"{self._insert} {places}", values

    def inserting_if(self, row: Row, other: Statement) -> Statement:
        """Return one statement that does another and, if that changed a row, stores a new one."""
        statement, parameters = other
        values = self._written_values(row)
        return f"WITH changed AS ({statement} RETURNING 1) {self._insert_if}", [
            *parameters,
            *values,
        ]

    def copy(self, rows: Sequence[Row]) -> None:
        """Store very many new rows by COPY, all or none, for a fraction of what an INSERT costs.

        An INSERT has a parameter for each value, which is written, named and read one by one. The
        caller's transaction goes on only if all are stored.
        """
        with (
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(f"COPY {self.name} ({self._written_columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(self._written_values(row))

    def updating(self, row: Row, names: tuple[str, ...] = ()) -> Statement:
        """Return the statement that stores some columns of a row, by default all."""
        statement, values = _update(self.model, names)
        return statement, [*values(row), row.pk]

    def updating_version(self, row: Row, names: tuple[str, ...], version: int) -> Statement:
        """Return the statement that stores columns of a row if it still is of a version."""
        statement, parameters = self.updating(row, names)
        return f'{statement} AND "version" = %s', [*parameters, version]

    def derived(self, names: Collection[str]) -> tuple[str, ...]:
        """Return columns, and those that follow from them, in the order of the table."""
        return _derived(self.model, frozenset(names))

    @cached_property
    def _fields(self) -> Fields:
        fields = self.model._meta.concrete_fields
        return tuple(field for field in fields if field.attname not in self.unread)

    @cached_property
    def _columns(self) -> list[str]:
        return [f'{self.name}."{field.column}"' for field in self._fields]

    @cached_property
    def _select(self) -> str:
        columns = [*self._columns, *self.computed.values()]
        return f"SELECT {', '.join(columns)} FROM {self.name}"  # noqa: S608

    @cached_property
    def _select_bare(self) -> str:
        return f"SELECT {', '.join(self._columns)} FROM {self.name}"  # noqa: S608

    @cached_property
    def _written(self) -> Fields:
        fields = self.model._meta.concrete_fields
        return tuple(field for field in fields if not field.db_returning)

    @cached_property
    def _written_values(self) -> Values:
        return _values(self._written, is_new=True)

    @cached_property
    def _written_columns(self) -> str:
        return ", ".join(f'"{field.column}"' for field in self._written)

    @cached_property
    def _insert(self) -> str:
        return f"INSERT INTO {self.name} ({self._written_columns}) VALUES"  # noqa: S608

    @cached_property
    def _insert_if(self) -> str:
        """What _insert is without VALUES: each parameter says its type, which these would give."""
        places = ", ".join(f"%s::{_type(field)}" for field in self._written)
        return f"INSERT INTO {self.name} ({self._written_columns}) SELECT {places} FROM changed"  # noqa: S608

    @cached_property
    def _places(self) -> str:
        return f"({', '.join(['%s'] * len(self._written))})"

    @cached_property
    def name(self) -> str:
        """Return the table's name, quoted."""
        return f'"{self.model._meta.db_table}"'

    @cached_property
    def _names(self) -> list[str]:
        return [field.attname for field in self._fields]

    @cached_property
    def _json(self) -> list[int]:
        """Where JSON stands, which Django's connections return as text."""
        return [at for at, field in enumerate(self._fields) if isinstance(field, JSONField)]

    def _row(self, values: list[Any]) -> Row:
        """Return a row as ``Model.from_db`` does, but for its checks and signals."""
        for at in self._json:
            values[at] = orjson.loads(values[at])
        row = self.model.__new__(self.model)
        row._state = ModelState()
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        row.__dict__.update(zip(self._names, values, strict=False))
        for name, value in zip(self.computed, values[len(self._names) :], strict=False):
            setattr(row, name, value if value is None else orjson.loads(value))
        return row


@lru_cache
def _derived(model: type[Model], names: frozenset[str]) -> tuple[str, ...]:
    """Return columns, and those that follow from them; few sets of columns are ever edited."""
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if field.attname in names or getattr(field, "source", None) in names
    )


@lru_cache
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[str, Values]:
    """Return the UPDATE of one row, and what gives the values that it sets."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    chosen = tuple(field for field in fields if not names or field.attname in names)
    places = ", ".join(f'"{field.column}" = %s' for field in chosen)
    statement = f'UPDATE "{model._meta.db_table}" SET {places} WHERE "id" = %s'  # noqa: S608
    return statement, _values(chosen, is_new=False)


def _type(field: "Field[Any, Any]") -> str:
    """Return a column's type; of text without its length, which a cast would cut it to."""
    return "text" if isinstance(field, CharField) else str(field.db_type(connection))


def _values(fields: Fields, *, is_new: bool) -> Values:
    """Return what gives the values of a row, made ready once for all rows."""
    found = [(at, _preparing(field)) for at, field in enumerate(fields)]
    plain = [fields[at].attname for at, prepare in found if prepare is None]
    made = [(at, prepare) for at, prepare in found if prepare]

    def values(row: Model) -> list[Any]:
        given = [getattr(row, name) for name in plain]
        for at, prepare in made:
            given.insert(at, prepare(row, is_new))
        return given

    return values


def _preparing(field: "Field[Any, Any]") -> Preparing | None:
    """Return how a field's value is made; None where the attribute is it."""
    if isinstance(field, JSONField):
        return lambda row, is_new: _json(field.pre_save(row, is_new))
    if field.get_internal_type() in PLAIN:
        return None if type(field).pre_save is Field.pre_save else field.pre_save
    return lambda row, is_new: field.get_db_prep_save(field.pre_save(row, is_new), connection)


def _json(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value, orjson.dumps)
