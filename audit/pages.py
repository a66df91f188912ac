"""Audit Trails: what was done, by whom, with the values before and after."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.columns import COLUMNS, DEFAULT
from audit.filters import SUBJECT, EventFilter
from audit.keyset import SIZE, SIZES, page_of, page_size
from audit.models import Event

KEPT = (SIZE, *SUBJECT)
"""What of an address stays when its filters change."""


@require_safe
def audit_trails(request: HttpRequest) -> HttpResponse:
    """Return a page of the trail, newest first; pages are reached by key, however long it is."""
    filters = EventFilter(request.GET, Event.objects.all())
    page = page_of(filters.qs, request)
    context: dict[str, Any] = {
        "filters": filters,
        "page": page,
        "columns": [column for column in COLUMNS if column.key in DEFAULT],
        "shown": DEFAULT,
        "sizes": SIZES,
        "size": page_size(request),
        "kept": {name: request.GET[name] for name in KEPT if request.GET.get(name)},
        "is_narrow": filters.is_narrow,
        "is_filtered": filters.is_narrow or page.has_newer,
    }
    return render(request, "audit/list.html", context)
