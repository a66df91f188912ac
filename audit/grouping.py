"""The Grouped view: one row for each user, group, token and the like, with what happened last.

It looks at the newest matching events only, so a trail of millions costs what five thousand do.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest

from audit.filters import SUBJECT, EventFilter
from audit.keyset import NEWEST_FIRST, limit_of, page_size, within
from audit.models import Event
from mdm_portal.portal.lists import paginate

GROUPED = 5_000
"""Events that are grouped; whoever looks for earlier ones chooses a range of days."""


@dataclass(frozen=True, slots=True)
class Groups:
    """A page of subjects, each as its last event."""

    page: Page[Any]
    rows: list[Event]
    since: datetime | None
    """How far back was looked, where there may be earlier events that match."""


def groups_of(filters: EventFilter, request: HttpRequest) -> Groups:
    """Return the page that the address asks for, the subjects that were busy last first."""
    limit = None if filters.served is filters.qs else limit_of(filters.served, request)
    newest = within(filters.qs, limit).order_by(*NEWEST_FIRST)
    found = list(newest.values_list("pk", *SUBJECT)[: GROUPED + 1])
    last: dict[tuple[str, str], int] = {}
    for key, kind, subject_id, name in found[:GROUPED]:
        # Who never had an id, such as whoever failed to sign in, is known by the name alone.
        last.setdefault((kind, f"id {subject_id}" if subject_id else f"name {name}"), key)
    page = paginate(list(last.values()), request, page_size(request))
    shown = Event.objects.in_bulk(list(page))
    rows = [shown[key] for key in page if key in shown]
    reached = limit.occurred_at if limit else None
    if len(found) > GROUPED:
        reached = Event.objects.get(pk=found[-1][0]).occurred_at
    return Groups(page, rows, reached)
