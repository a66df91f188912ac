"""Audit Trails: what was done, by whom, with the values before and after."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.filters import EventFilter
from audit.models import Event
from mdm_portal.portal.lists import is_filtered, keyset_page


@require_safe
def audit_trails(request: HttpRequest) -> HttpResponse:
    """Return a page of the trail, newest first; pages are reached by key, however long it is."""
    filters = EventFilter(request.GET, Event.objects.all())
    context: dict[str, Any] = {
        "filters": filters,
        "page": keyset_page(filters.qs, request),
        "is_filtered": is_filtered(request),
    }
    return render(request, "audit/list.html", context)
