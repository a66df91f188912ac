"""The Grouped view: one row for each user, group, token and the like, with what happened last.

It looks at the newest matching events only, so a trail of millions costs what ten thousand do.
"""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.filters import SUBJECT
from audit.keyset import NEWEST_FIRST, page_size
from audit.models import Event
from mdm_portal.portal.lists import paginate

GROUPED = 10_000
"""Events that are grouped; whoever looks for earlier ones chooses a range of days."""


@dataclass(frozen=True, slots=True)
class Groups:
    """A page of subjects, each as its last event."""

    page: Page[Any]
    rows: list[Event]
    has_earlier: bool
    """Whether there are matching events that were not looked at."""


def groups_of(events: QuerySet[Event], request: HttpRequest) -> Groups:
    """Return the page that the address asks for, the subjects that were busy last first."""
    newest = events.order_by(*NEWEST_FIRST).values_list("pk", *SUBJECT)
    found = list(newest[: GROUPED + 1])
    last: dict[tuple[str, str], int] = {}
    for key, kind, subject_id, name in found[:GROUPED]:
        # Who never had an id, such as whoever failed to sign in, is known by the name alone.
        last.setdefault((kind, f"id {subject_id}" if subject_id else f"name {name}"), key)
    page = paginate(list(last.values()), request, page_size(request))
    shown = Event.objects.in_bulk(list(page))
    rows = [shown[key] for key in page if key in shown]
    return Groups(page, rows, has_earlier=len(found) > GROUPED)
