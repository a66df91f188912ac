"""Moments as PostgreSQL writes them, read by Python's own parser: far faster than psycopg's."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader

TYPE = "timestamptz"


class UtcLoader(BaseTzLoader):  # type: ignore[misc]
    """Reads the timestamps of a session in UTC."""

    timezone = UTC

    def load(self, data: Any) -> datetime:
        """Return a moment; psycopg reads, or refuses, what Python has no years for."""
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            moment: datetime = super().load(data)
            return moment


def read_quickly(adapters: Any) -> None:
    """Have the moments of connections to come read by UtcLoader."""
    adapters.register_loader(TYPE, UtcLoader)
