"""The trail as CSV, streamed: a million events need no more memory than a page of them."""

import csv
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from io import StringIO
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from audit.keyset import NEWEST_FIRST
from audit.models import Event
from audit.values import whole

BOM = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""
ROWS = 500
"""Rows that are fetched, and sent, at a time."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute instead of show."""


def csv_of(events: QuerySet[Event], language: str) -> Generator[str, None, None]:
    """Yield the events as CSV, newest first, in a language; one snapshot of the trail."""
    with translation.override(language):
        yield BOM + lines([heads()])
        # A cursor outside of a transaction would have the server copy all rows first.
        found: Any = events.order_by(*NEWEST_FIRST).iterator(chunk_size=ROWS)
        with transaction.atomic(), closing(found) as rows:
            while chunk := list(islice(rows, ROWS)):
                yield lines(map(cells, chunk))


def heads() -> list[str]:
    """Return the heads of the columns, in the reader's language."""
    return [
        _("Time of Action"),
        _("Activity"),
        _("Type"),
        _("Category"),
        _("Name"),
        _("Performed By"),
        _("Address"),
        _("DETAILS"),
        _("Status"),
        _("Changes - Before & After"),
    ]


def cells(event: Event) -> list[str]:
    """Return what an event has to say, in the order of ``heads``."""
    return [
        localtime(event.occurred_at).isoformat(timespec="milliseconds"),
        event.label,
        event.type_label,
        event.category_label,
        event.subject_name,
        event.performed_by,
        event.address,
        event.details,
        event.status_label,
        "; ".join(
            f"{change.get('attribute', '')}: "
            f"{whole(change.get('before'))} → {whole(change.get('after'))}"
            for change in event.told_changes
        ),
    ]


def safe(cell: str) -> str:
    """Return a cell that a spreadsheet shows and never computes."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def lines(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as lines of CSV."""
    text = StringIO()
    csv.writer(text).writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue()
