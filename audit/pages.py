"""Audit Trails: what was done, by whom, with the values before and after."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from audit.columns import heads
from audit.customizing import Customizing, TrailRequest
from audit.export import csv_of
from audit.filters import EventFilter
from audit.grouping import groups_of
from audit.keyset import SIZE, SIZES, page_of, page_size
from audit.models import Event
from mdm_portal.portal.purpose import personal
from mdm_portal.portal.replica import from_replica

VIEW, GROUPED_VIEW, EXPANDED_VIEW = "view", "grouped", "expanded"


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@from_replica
def audit_trails(request: TrailRequest) -> HttpResponse:
    """Return a page of the trail, newest first; on POST save how its reader likes to see it."""
    filters = EventFilter(request.GET, Event.objects.all())
    is_grouped = request.GET.get(VIEW) == GROUPED_VIEW and not filters.subject
    kept = _kept(filters, page_size(request), is_grouped)
    customizing = Customizing(request, filters, kept)
    if request.method == "POST" and customizing.save():
        return redirect(request.get_full_path())
    context: dict[str, Any] = {
        "filters": filters,
        "sizes": SIZES,
        "size": page_size(request),
        "kept": kept,
        "is_narrow": filters.is_narrow,
        "is_filtered": filters.is_narrow,
        "customizing": customizing,
    }
    context |= _grouped(filters, request) if is_grouped else _expanded(filters, customizing)
    status = 422 if request.method == "POST" else 200
    return render(request, "audit/list.html", context, status=status)


def _kept(filters: EventFilter, size: int, is_grouped: bool) -> dict[str, str]:
    """Return what of an address stays when its filters change."""
    view = {VIEW: GROUPED_VIEW} if is_grouped else {}
    rows = {SIZE: str(size)} if size != SIZES[0] else {}
    return view | rows | filters.subject


def _grouped(filters: EventFilter, request: HttpRequest) -> dict[str, Any]:
    """Return what the Grouped view shows: a row for each user, group, token and the like."""
    groups = groups_of(filters, request)
    return {"view": GROUPED_VIEW, "groups": groups}


def _expanded(filters: EventFilter, customizing: Customizing) -> dict[str, Any]:
    """Return what the Expanded view shows: a row for each event."""
    page = page_of(filters.qs, customizing.request, filters.served)
    return {
        "view": EXPANDED_VIEW,
        "page": page,
        "heads": heads(customizing.shown),
        "is_filtered": filters.is_narrow or not page.is_newest,
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
