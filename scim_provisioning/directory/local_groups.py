"""Local groups, managed by hand: make, rename and delete them, add and remove members."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from mdm_portal.portal.finding import find
from mdm_portal.portal.lists import is_filtered, sorting
from mdm_portal.portal.purpose import changing
from scim_provisioning.directory import selectors
from scim_provisioning.directory.columns import MEMBER_COLUMNS
from scim_provisioning.directory.errors import GroupNameTaken, UnknownMembers
from scim_provisioning.directory.filters import MemberFilter
from scim_provisioning.directory.forms import GroupForm, chosen_users
from scim_provisioning.directory.groups import create_group, delete_group, update_group
from scim_provisioning.directory.models import Group
from scim_provisioning.directory.owners import for_local_only, refuse_owned
from scim_provisioning.directory.state import GroupChange, GroupState, MemberChange
from scim_provisioning.requests import PortalRequest

READ_OR_SEND = ["GET", "HEAD", "POST"]


@changing
@require_http_methods(READ_OR_SEND)
def add_group(request: PortalRequest) -> HttpResponse:
    """Return the form for a new local group; on POST make it and go to it."""
    form = GroupForm(_sent(request))
    if form.is_valid():
        try:
            state = GroupState(form.cleaned_data["name"])
            group = create_group(state=state, members=frozenset(), actor=request.actor)
        except GroupNameTaken as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("User group “%s” was created.") % group.display_name)
            return redirect("user-group", group.pk)
    return _form_page(request, "groups/add.html", form)


@changing
@require_http_methods(READ_OR_SEND)
@for_local_only
def rename_group(request: PortalRequest, group_id: UUID) -> HttpResponse:
    """Return the form with the group's name; on POST rename it."""
    group = _local_group(group_id)
    form = GroupForm(_sent(request), initial={"name": group.display_name})
    if form.is_valid():
        try:
            renamed = _rename(request, group_id, form.cleaned_data["name"])
        except GroupNameTaken as error:
            form.add_error("name", str(error))
        else:
            if renamed.version != group.version:
                messages.success(request, _("Changes saved."))
            else:
                messages.info(request, _("Nothing was changed."))
            return redirect("user-group", group_id)
    return _form_page(request, "groups/rename.html", form, group=group)


@changing
@require_http_methods(READ_OR_SEND)
@for_local_only
def remove_group(request: PortalRequest, group_id: UUID) -> HttpResponse:
    """Return the confirmation, with how many members there are; on POST delete the group."""
    group = _local_group(group_id)
    if request.method == "POST":
        delete_group(group_id=group_id, actor=request.actor, check=refuse_owned)
        messages.success(request, _("User group “%s” was deleted.") % group.display_name)
        return redirect("user-groups")
    context = {
        "group": group,
        "members": selectors.member_count(group_id),
        "title": _("Delete User Group"),
        "button": _("Delete"),
        "back": reverse("user-group", args=[group_id]),
    }
    return render(request, "groups/delete.html", context)


@changing
@require_http_methods(READ_OR_SEND)
@for_local_only
def add_members(request: PortalRequest, group_id: UUID) -> HttpResponse:
    """Return users who are no members yet, found by the search; on POST add the chosen ones."""
    group = _local_group(group_id)
    chosen = chosen_users(request.POST.getlist("user"))
    if request.method != "POST":
        return _candidates(request, group)
    if not chosen:
        return _candidates(request, group, _("Choose at least one user."))
    try:
        _change_members(request, group_id, MemberChange(added=chosen))
    except UnknownMembers:
        return _candidates(request, group, _("A chosen user is gone. Nobody was added."), chosen)
    words = ngettext("%d user is a member now.", "%d users are members now.", len(chosen))
    messages.success(request, words % len(chosen))
    return redirect("user-group", group_id)


@require_POST
@for_local_only
def remove_members(request: PortalRequest, group_id: UUID) -> HttpResponse:
    """Remove the chosen members and return to the list as it was narrowed down."""
    _local_group(group_id)
    chosen = chosen_users(request.POST.getlist("user"))
    if chosen:
        _change_members(request, group_id, MemberChange(removed=chosen))
        words = ngettext(
            "%d user is no longer a member.", "%d users are no longer members.", len(chosen)
        )
        messages.success(request, words % len(chosen))
    else:
        messages.error(request, _("Choose at least one user."))
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("user-group", args=[group_id]) + query)


def _sent(request: HttpRequest) -> Any:
    """Return what was filled in; None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def _local_group(group_id: UUID) -> Group:
    """Return the group, unless an identity provider owns it."""
    group = get_object_or_404(Group, pk=group_id)
    refuse_owned(group)
    return group


def _rename(request: PortalRequest, group_id: UUID, name: str) -> Group:
    """Return the group with its new name; the same name writes nothing."""
    return update_group(
        group_id=group_id,
        edit=lambda state: GroupChange(replace(state, display_name=name)),
        actor=request.actor,
        check=refuse_owned,
    )


def _change_members(request: PortalRequest, group_id: UUID, change: MemberChange) -> None:
    """Let users join or leave the group."""
    update_group(
        group_id=group_id,
        edit=lambda state: GroupChange(state, change),
        actor=request.actor,
        check=refuse_owned,
    )


def _form_page(
    request: HttpRequest, template: str, form: GroupForm, **context: Any
) -> HttpResponse:
    """Return the form, what was filled in kept when it was refused."""
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)


def _candidates(
    request: HttpRequest, group: Group, error: str = "", chosen: frozenset[UUID] = frozenset()
) -> HttpResponse:
    """Return the users who may join, those marked who were chosen."""
    users: QuerySet[Any] = selectors.others_than_members_of(group.pk)
    filters = MemberFilter(request.GET, users)
    order = sorting(request, MEMBER_COLUMNS, "name")
    context = {
        "group": group,
        "filters": filters,
        "sorting": order,
        "page": find(filters.qs.order_by(*order.order_by), request),
        "is_filtered": is_filtered(request),
        "error": error,
        "chosen": chosen,
    }
    status = 422 if error else 200
    return render(request, "groups/add_members.html", context, status=status)
