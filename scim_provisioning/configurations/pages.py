"""Admin > Configurations: the list, a configuration, its preview, and whom it leaves empty."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mdm_portal.portal.finding import find, first_found
from mdm_portal.portal.lists import Column, is_filtered, paginate, sorting
from mdm_portal.portal.purpose import changing
from scim_provisioning.configurations import preview as previews
from scim_provisioning.configurations import selectors, services
from scim_provisioning.configurations.filters import ConfigurationFilter
from scim_provisioning.configurations.kinds import KINDS
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.directory.columns import MEMBER_COLUMNS
from scim_provisioning.directory.filters import MemberFilter
from scim_provisioning.directory.selectors import live_users
from scim_provisioning.requests import PortalRequest
from scim_provisioning.settings.user_values import SOURCES, users_without
from scim_provisioning.settings.variables import BUILT_IN, variable

COLUMNS = (
    Column("name", gettext_lazy("Name"), ("name_key",)),
    Column("kind", gettext_lazy("Type"), ("kind", "name_key")),
    Column("variables", gettext_lazy("Variables")),
    Column("changed", gettext_lazy("Last changed"), ("modified_at",)),
)
USER_COLUMNS = (*MEMBER_COLUMNS, Column("empty", gettext_lazy("Empty variables")))
MOST_FOUND = 10
"""Users among whom one is chosen for the preview; whoever finds more searches better."""


@require_safe
def configurations(request: HttpRequest) -> HttpResponse:
    """Return the list of configurations."""
    filters = ConfigurationFilter(request.GET, selectors.configurations())
    order = sorting(request, COLUMNS, "name")
    page = paginate(filters.qs.order_by(*order.order_by), request)
    rows = [(row, [variable(name) for name in row.variables]) for row in page.object_list]
    context = {
        "filters": filters,
        "sorting": order,
        "page": page,
        "rows": rows,
        "is_filtered": is_filtered(request),
    }
    return render(request, "configurations/list.html", context)


@changing
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Return the types, to begin a new configuration with."""
    return render(request, "configurations/choose.html", {"kinds": KINDS.values()})


@require_safe
def configuration(request: HttpRequest, configuration_id: UUID) -> HttpResponse:
    """Return a configuration's fields."""
    shown = get_object_or_404(Configuration, pk=configuration_id)
    context = _tab(shown, "configuration") | {
        "rows": previews.rows(shown),
        "variables": [variable(name) for name in shown.variables],
        "never_filled": [
            variable(name) for name in shown.variables if name in BUILT_IN and name not in SOURCES
        ],
    }
    return render(request, "configurations/overview.html", context)


@require_safe
def preview(
    request: HttpRequest, configuration_id: UUID, user_id: UUID | None = None
) -> HttpResponse:
    """Return the search for a user, and the configuration as the chosen one gets it."""
    shown = get_object_or_404(Configuration, pk=configuration_id)
    person = get_object_or_404(live_users(), pk=user_id) if user_id else None
    filters = MemberFilter(request.GET, live_users())
    context = _tab(shown, "configuration-preview") | {
        "filters": filters,
        "person": person,
        "found": _first_found(filters.qs) if request.GET.get("q", "").strip() else None,
        "most_found": MOST_FOUND,
    }
    if person:
        context["rows"] = previews.rows(shown, previews.values_for(shown, person))
    return render(request, "configurations/preview.html", context)


def _first_found(users: QuerySet[Any]) -> list[Any]:
    """Return the users that the preview offers, and one more if there are more."""
    return list(first_found(users.order_by("sort_name", "id"), MOST_FOUND + 1))


@require_safe
def users(request: HttpRequest, configuration_id: UUID) -> HttpResponse:
    """Return the users for whom some variable of a configuration is empty."""
    shown = get_object_or_404(Configuration, pk=configuration_id)
    filters = MemberFilter(request.GET, users_without(shown.variables))
    order = sorting(request, USER_COLUMNS, "name")
    page = find(filters.qs.order_by(*order.order_by), request)
    context = _tab(shown, "configuration-users") | {
        "filters": filters,
        "sorting": order,
        "page": page,
        "people": [
            (person, previews.empty_variables(shown, person)) for person in page.object_list
        ],
        "is_filtered": is_filtered(request),
    }
    return render(request, "configurations/users.html", context)


@changing
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, configuration_id: UUID) -> HttpResponse:
    """Return the confirmation; on POST delete."""
    if request.method != "POST":
        shown = get_object_or_404(Configuration, pk=configuration_id)
        context = {
            "configuration": shown,
            "title": _("Delete %(name)s") % {"name": shown.name},
            "button": _("Delete"),
            "back": reverse("configuration", args=[shown.pk]),
        }
        return render(request, "configurations/delete.html", context)
    try:
        gone = services.delete(configuration_id=configuration_id, actor=request.actor)
    except services.NotFound:
        messages.info(request, _("This configuration was already deleted."))
    else:
        messages.success(request, _("Configuration “%s” was deleted.") % gone.name)
    return redirect("configurations")


def _tab(shown: Configuration, tab: str) -> dict[str, Any]:
    """Return what all tabs of a configuration are shown with."""
    return {"configuration": shown, "kind": shown.declaration, "tab": tab}
