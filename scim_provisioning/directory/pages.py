"""A user's tabs and Users > User Groups: who and what the identity providers brought."""

from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from audit.columns import heads
from audit.history import history_of
from audit.models import Event
from mdm_portal.portal.finding import find
from mdm_portal.portal.lists import PAGE_SIZE, Column, is_filtered, keyset_page, paginate, sorting
from mdm_portal.portal.replica import from_replica
from scim_provisioning.directory import selectors
from scim_provisioning.directory.columns import MEMBER_COLUMNS
from scim_provisioning.directory.filters import GroupFilter, MemberFilter
from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.providers import LOCAL

GROUP_COLUMNS = (
    Column("name", _("User Group Name"), ("display_name_key",)),
    Column("members", _("Members"), number=True),
    Column("source", _("Source"), ("source", "display_name_key")),
    Column("created", _("Created"), ("created_at",)),
)


@require_safe
def user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Return a user's *Overview*."""
    found = get_object_or_404(User, pk=user_id)
    count = Membership.objects.filter(user_id=user_id).count()
    return render(request, "users/overview.html", {"person": found, "tab": "user", "groups": count})


@require_safe
def user_groups_of(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Return a user's *Groups*."""
    found = get_object_or_404(User, pk=user_id)
    page = paginate(selectors.groups_of(user_id), request)
    context = {"person": found, "tab": "user-groups-of", "page": page}
    return render(request, "users/groups.html", context)


@require_safe
def user_history(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Return a user's *History*: all that the trail tells of the user, newest first."""
    found = get_object_or_404(User, pk=user_id)
    events = history_of(Event.objects.all(), "user", str(user_id))
    page = keyset_page(events, request, PAGE_SIZE)
    columns = heads(("time", "activity", "performed_by", "details", "changes"))
    context = {"person": found, "tab": "user-history", "page": page, "heads": columns}
    return render(request, "users/history.html", context)


@require_safe
@from_replica
def user_groups(request: HttpRequest) -> HttpResponse:
    """Return the list of groups, each with the number of its members."""
    filters = GroupFilter(request.GET, selectors.groups())
    order = sorting(request, GROUP_COLUMNS, "name")
    page = paginate(filters.qs.order_by(*order.order_by), request)
    rows = [(group, count) for group, count in _with_member_counts(page.object_list)]
    context = _listed(request, filters, order, page) | {"rows": rows}
    return render(request, "groups/list.html", context)


@require_safe
def user_group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Return a group with its members."""
    group = get_object_or_404(Group, pk=group_id)
    filters = MemberFilter(request.GET, selectors.members_of(group_id))
    order = sorting(request, MEMBER_COLUMNS, "name")
    page = find(filters.qs.order_by(*order.order_by), request)
    context = _listed(request, filters, order, page) | {
        "group": group,
        "members": selectors.member_count(group_id),
        "is_local": group.source == LOCAL,
    }
    return render(request, "groups/group.html", context)


def _listed(request: HttpRequest, filters: Any, order: Any, page: Any) -> dict[str, Any]:
    """Return what every list is shown with."""
    return {
        "filters": filters,
        "sorting": order,
        "page": page,
        "is_filtered": is_filtered(request),
    }


def _with_member_counts(groups: Any) -> list[tuple[Group, int]]:
    """Return groups with how many members they have, in one statement for them all."""
    ids = [group.pk for group in groups]
    counted = Membership.objects.filter(group_id__in=ids).values_list("group_id")
    counts = dict(counted.annotate(members=Count("user_id")).order_by())
    return [(group, counts.get(group.pk, 0)) for group in groups]
