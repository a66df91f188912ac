"""A user's *Invitations* tab: what was sent, what became of it, and sending one by hand."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mdm_portal.portal.lists import paginate
from scim_provisioning.directory.models import User
from scim_provisioning.invitations import selectors, services
from scim_provisioning.invitations.errors import CannotInvite
from scim_provisioning.requests import PortalRequest


@require_http_methods(["GET", "HEAD", "POST"])
def user_invitations(request: PortalRequest, user_id: UUID) -> HttpResponse:
    """Return a user's invitations, newest first; on POST send one."""
    person = get_object_or_404(User, pk=user_id)
    if request.method == "POST":
        return _send(request, person)
    page = paginate(selectors.invitations_of(user_id), request)
    context = {"person": person, "tab": "user-invitations", "page": page}
    return render(request, "users/invitations.html", context)


def _send(request: PortalRequest, person: User) -> HttpResponse:
    """Send an invitation and say so, or say why not."""
    try:
        services.invite_by_hand(user_id=person.pk, actor=request.actor)
    except CannotInvite as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The invitation to %s is on its way.") % person.email)
    return redirect("user-invitations", person.pk)
