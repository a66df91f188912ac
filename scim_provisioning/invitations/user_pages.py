"""A user's *Invitations* tab: what was sent and what became of it; and sending one by hand."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mdm_portal.portal.lists import paginate
from mdm_portal.portal.purpose import changing
from scim_provisioning.directory.models import User
from scim_provisioning.invitations import preview, selectors, services
from scim_provisioning.invitations.errors import CannotInvite
from scim_provisioning.requests import PortalRequest


@require_safe
def user_invitations(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Return a user's invitations, newest first."""
    person = get_object_or_404(User, pk=user_id)
    page = paginate(selectors.invitations_of(user_id), request)
    context = {"person": person, "tab": "user-invitations", "page": page}
    return render(request, "users/invitations.html", context)


@changing
@require_http_methods(["GET", "HEAD", "POST"])
def invite_user(request: PortalRequest, user_id: UUID) -> HttpResponse:
    """Show the mail, or why there is none; on POST send it."""
    person = get_object_or_404(User, pk=user_id)
    if request.method == "POST":
        return _send(request, person)
    refusal = services.refusal(person.pk)
    context = {
        "person": person,
        "refusal": refusal,
        "preview": None if refusal else preview.preview_of(person),
        "notices": preview.notices(),
    }
    return render(request, "users/invite_one.html", context)


def _send(request: PortalRequest, person: User) -> HttpResponse:
    """Send an invitation and say so, or say why not."""
    try:
        services.invite_by_hand(user_id=person.pk, actor=request.actor)
    except CannotInvite as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The invitation to %s is on its way.") % person.email)
    return redirect("user-invitations", person.pk)
