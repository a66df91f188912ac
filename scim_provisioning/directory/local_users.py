"""Local users: add and edit them, enable, disable and delete them; an IdP's are locked."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mdm_portal.portal.purpose import changing
from scim_provisioning.directory import user_actions
from scim_provisioning.directory.custom_attributes import custom_attribute_names
from scim_provisioning.directory.errors import NotFound, UserDeleted, UserNameTaken
from scim_provisioning.directory.forms import UserForm, filled_in
from scim_provisioning.directory.models import User
from scim_provisioning.directory.owners import for_local_only, refuse_owned
from scim_provisioning.directory.services import create_user, deprovision_user, update_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.requests import PortalRequest

READ_OR_SEND = ["GET", "HEAD", "POST"]


@changing
@require_http_methods(READ_OR_SEND)
def add_user(request: PortalRequest) -> HttpResponse:
    """Return the form for a new local user; on POST make the user and go to the page."""
    form = UserForm(_sent(request), custom=custom_attribute_names())
    if form.is_valid():
        try:
            state = filled_in(UserState(), form.cleaned_data)
            person = create_user(state=state, actor=request.actor)
        except UserNameTaken as error:
            form.add_error("user_name", str(error))
        else:
            messages.success(request, _("User “%s” was created.") % person.title)
            return redirect("user", person.pk)
    return _form_page(request, "users/add.html", form)


@changing
@require_http_methods(READ_OR_SEND)
@for_local_only
def edit_user(request: PortalRequest, user_id: UUID) -> HttpResponse:
    """Return the form with a local user's attributes; on POST change them."""
    person = _local_user(user_id)
    form = UserForm(_sent(request), custom=custom_attribute_names(), user=person)
    if form.is_valid():
        changed = update_user(
            user_id=user_id,
            edit=lambda state: filled_in(state, form.cleaned_data),
            actor=request.actor,
            check=refuse_owned,
        )
        if changed.version != person.version:
            messages.success(request, _("Changes saved."))
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("user", user_id)
    return _form_page(request, "users/edit.html", form, person=person)


@require_POST
@for_local_only
def enable_user(request: PortalRequest, user_id: UUID) -> HttpResponse:
    """Enable a local user and return to the page."""
    person = _set_active(request, user_id, True)
    messages.success(request, _("User “%s” is enabled.") % person.title)
    return redirect("user", user_id)


@changing
@require_http_methods(READ_OR_SEND)
@for_local_only
def disable_user(request: PortalRequest, user_id: UUID) -> HttpResponse:
    """Return the confirmation; on POST disable a local user."""
    person = _local_user(user_id)
    if request.method != "POST":
        return _confirmation(request, "disable", person, _("Disable User"), _("Disable"))
    _set_active(request, user_id, False)
    messages.success(request, _("User “%s” is disabled.") % person.title)
    return redirect("user", user_id)


@changing
@require_http_methods(READ_OR_SEND)
@for_local_only
def delete_user(request: PortalRequest, user_id: UUID) -> HttpResponse:
    """Return the confirmation; on POST take a local user out of the directory."""
    person = _local_user(user_id)
    if request.method != "POST":
        return _confirmation(request, "delete", person, _("Delete User"), _("Delete"))
    deprovision_user(user_id=user_id, actor=request.actor, check=refuse_owned)
    messages.success(request, _("User “%s” was deleted.") % person.title)
    return redirect("user", user_id)


@changing
@require_http_methods(READ_OR_SEND)
def erase_user(request: PortalRequest, user_id: UUID) -> HttpResponse:
    """Return the confirmation; on POST delete a deprovisioned user, whoever's, for good."""
    person = get_object_or_404(User, pk=user_id, deprovisioned_at__isnull=False)
    if request.method != "POST":
        return _confirmation(request, "erase", person, _("Delete User"), _("Delete"))
    try:
        user_actions.erase_user(user_id=user_id, actor=request.actor)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("User “%s” was deleted for good.") % person.title)
    return redirect("users")


def _confirmation(
    request: HttpRequest, name: str, person: User, title: str, button: str
) -> HttpResponse:
    """Return the question before something is done to a user."""
    back = reverse("user", args=[person.pk])
    context = {"person": person, "title": title, "button": button, "back": back}
    return render(request, f"users/{name}.html", context)


def _sent(request: HttpRequest) -> Any:
    """Return what was filled in; None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def _local_user(user_id: UUID) -> User:
    """Return the user, unless an identity provider owns it or it was deleted."""
    person = get_object_or_404(User, pk=user_id)
    refuse_owned(person)
    if person.deprovisioned_at:
        raise UserDeleted
    return person


def _set_active(request: PortalRequest, user_id: UUID, active: bool) -> User:
    """Enable or disable a local user; whoever is in that state already stays so."""
    _local_user(user_id)
    return update_user(
        user_id=user_id,
        edit=lambda state: replace(state, active=active),
        actor=request.actor,
        check=refuse_owned,
    )


def _form_page(request: HttpRequest, template: str, form: UserForm, **context: Any) -> HttpResponse:
    """Return the form, what was filled in kept when it was refused."""
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)
