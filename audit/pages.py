"""Audit Trails: what was done, by whom, with the values before and after."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_safe

from audit.columns import COLUMNS, DEFAULT
from audit.export import csv_of
from audit.filters import SUBJECT, EventFilter
from audit.grouping import GROUPED, groups_of
from audit.keyset import SIZE, SIZES, page_of, page_size
from audit.models import Event

VIEW, GROUPED_VIEW, EXPANDED_VIEW = "view", "grouped", "expanded"
KEPT = (VIEW, SIZE, *SUBJECT)
"""What of an address stays when its filters change."""


@require_safe
def audit_trails(request: HttpRequest) -> HttpResponse:
    """Return a page of the trail, newest first: its events, or whom they were about."""
    filters = EventFilter(request.GET, Event.objects.all())
    context: dict[str, Any] = {
        "filters": filters,
        "sizes": SIZES,
        "size": page_size(request),
        "kept": {name: request.GET[name] for name in KEPT if request.GET.get(name)},
        "is_narrow": filters.is_narrow,
        "is_filtered": filters.is_narrow,
    }
    is_grouped = request.GET.get(VIEW) == GROUPED_VIEW and not filters.subject
    context |= _grouped(filters, request) if is_grouped else _expanded(filters, request)
    return render(request, "audit/list.html", context)


def _grouped(filters: EventFilter, request: HttpRequest) -> dict[str, Any]:
    """Return what the Grouped view shows: a row for each user, group, token and the like."""
    groups = groups_of(filters.qs, request)
    return {"view": GROUPED_VIEW, "groups": groups, "grouped": GROUPED}


def _expanded(filters: EventFilter, request: HttpRequest) -> dict[str, Any]:
    """Return what the Expanded view shows: a row for each event."""
    page = page_of(filters.qs, request)
    return {
        "view": EXPANDED_VIEW,
        "page": page,
        "columns": [column for column in COLUMNS if column.key in DEFAULT],
        "shown": DEFAULT,
        "is_filtered": filters.is_narrow or page.has_newer,
    }


@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Return all events that match, as CSV; filters that make no sense lead back to them."""
    filters = EventFilter(request.GET, Event.objects.all())
    if filters.errors:
        return redirect(f"{reverse('audit-trails')}?{request.GET.urlencode()}")
    answer = StreamingHttpResponse(
        csv_of(filters.qs, get_language() or "en"), content_type="text/csv; charset=utf-8"
    )
    name = f"audit-trails-{localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
