"""Audit Trails: what was done, by whom, with the values before and after."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.filters import EventFilter
from audit.models import Event
from mdm_portal.portal.lists import is_filtered

PAGE_SIZE = 50
HIGHEST_ID = 2**63 - 1


@require_safe
def audit_trails(request: HttpRequest) -> HttpResponse:
    """Return a page of the trail, newest first; pages are reached by key, however long it is."""
    filters = EventFilter(request.GET, Event.objects.all())
    rows, older = _page(filters.qs, request.GET.get("before", ""))
    context: dict[str, Any] = {
        "filters": filters,
        "events": rows,
        "older": older,
        "newest": "before" not in request.GET,
        "is_filtered": is_filtered(request),
    }
    return render(request, "audit/list.html", context)


def _page(events: QuerySet[Event], before: str) -> tuple[list[Event], int | None]:
    """Return the events before an id, and the id to go on from when there are more."""
    if before.isascii() and before.isdigit() and int(before) <= HIGHEST_ID:
        events = events.filter(id__lt=int(before))
    rows = list(events.order_by("-id")[: PAGE_SIZE + 1])
    page = rows[:PAGE_SIZE]
    return page, page[-1].pk if len(rows) > PAGE_SIZE else None
