"""Moments are read as psycopg reads them, exact and in UTC."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

from mdm_portal.database.moments import UtcLoader

pytestmark = pytest.mark.django_db
MOMENTS = (
    datetime(2026, 11, 21, 13, 15, 30, 766267, UTC),
    datetime(2026, 2, 28, 23, 59, 59, 100, UTC),
    datetime(1969, 12, 31, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
)


def test_what_was_stored_is_read() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(%s::timestamptz[])", [list(MOMENTS)])
        found = [moment for (moment,) in cursor.fetchall()]
    assert found == list(MOMENTS)
    assert {moment.tzinfo for moment in found} == {UTC}
    assert connection.connection.adapters.get_loader(1184, 0) is UtcLoader


@pytest.mark.parametrize("beyond", ["infinity", "12026-01-01", "0044-03-15 BC"])
def test_what_python_has_no_years_for_is_refused(beyond: str) -> None:
    with connection.cursor() as cursor, pytest.raises(DataError):
        cursor.execute("SELECT %s::timestamptz", [beyond])
        cursor.fetchall()
