"""The request log: what each IdP asked, what was answered, what was ignored and why."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.columns import heads
from audit.models import Event
from mdm_portal.portal.lists import is_filtered, keyset_page
from mdm_portal.portal.replica import from_replica
from scim_provisioning.activity.filters import ScimRequestFilter
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.directory.text import fold
from scim_provisioning.requests import PortalRequest
from scim_provisioning.settings import services
from scim_provisioning.settings.registry import custom_attribute_names

REACH = 50_000
"""Requests that a page of filtered ones looks through."""


@require_safe
@from_replica
def scim_requests(request: HttpRequest) -> HttpResponse:
    """Return a page of the log, newest first."""
    filters = ScimRequestFilter(request.GET, ScimRequest.objects.all())
    rows = filters.qs.defer("asked")
    is_narrow = is_filtered(request)
    context = {
        "filters": filters,
        "page": keyset_page(rows, request, reach=REACH if is_narrow else None),
        "is_filtered": is_narrow,
    }
    return render(request, "activity/list.html", context)


@require_safe
def scim_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """Return one request: asked, answered, ignored, and the events that it left in the trail."""
    found = get_object_or_404(ScimRequest, pk=request_id)
    registered = {fold(name) for name in custom_attribute_names()}
    context = {
        "entry": found,
        "asked": _readable(found.asked),
        "answered": _readable(found.answered),
        "ignored": [
            (name, reason, attribute, fold(attribute) in registered)
            for name, reason, attribute in found.reasons
        ],
        "events": _events(found),
        "heads": heads(("time", "activity", "name", "performed_by", "details", "changes")),
    }
    return render(request, "activity/request.html", context)


@require_POST
def register(request: PortalRequest, request_id: int) -> HttpResponse:
    """Register a custom attribute that this request brought, and go back to it."""
    found = get_object_or_404(ScimRequest, pk=request_id)
    name = request.POST.get("name", "")
    if name not in found.unregistered:
        messages.error(request, _("This request brought no such custom attribute."))
        return redirect("scim-request", request_id)
    try:
        attribute = services.add_custom_attribute(name=name, actor=request.actor)
    except services.CustomAttributeError as error:
        messages.error(request, str(error))
    else:
        words = _("Custom attribute “%(name)s” was added. Use it as %(variable)s.")
        messages.success(request, words % {"name": name, "variable": attribute.variable})
    return redirect("scim-request", request_id)


def _readable(body: str) -> str:
    """Return a body as people read JSON; "" when there was none."""
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False) if body else ""


def _events(entry: ScimRequest) -> list[Event]:
    """Return what the trail says of this request, found by the resource, which has an index."""
    if entry.resource not in ("User", "Group") or not entry.resource_id:
        return []
    of_resource = Event.objects.filter(
        subject_type=entry.resource.lower(), subject_id=entry.resource_id
    )
    return list(of_resource.filter(request_id=entry.request_id))
