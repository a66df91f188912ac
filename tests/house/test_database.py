"""What the database itself refuses, whatever the code does."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit import events
from audit.actors import Actor
from audit.models import Event
from audit.services import Subject, record

pytestmark = pytest.mark.django_db


def test_the_suite_runs_on_postgresql() -> None:
    assert connection.vendor == "postgresql"


def test_the_trail_is_append_only() -> None:
    record(events.SIGNED_IN, actor=Actor.system(), subject=Subject("administrator", "1", "admin"))
    rows = Event.objects.all()
    for change in (lambda: rows.update(actor_name="nobody"), rows.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert rows.get().actor_kind == "system"
