"""The page behind the link of an invitation: public, for people who have no account here."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audit.addresses import client_address
from scim_provisioning.invitations import services
from scim_provisioning.invitations.errors import LinkError
from scim_provisioning.invitations.models import Invitation


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Show who is invited; a POST accepts. Following the link alone accepts nothing."""
    try:
        if request.method == "POST":
            services.complete(token=token, address=client_address(request))
            return redirect("registration", token)
        invitation = services.find(token)
    except LinkError as error:
        return render(request, "invitations/closed.html", {"reason": error}, status=error.status)
    answered = invitation.status == Invitation.COMPLETED
    page = "invitations/completed.html" if answered else "invitations/registration.html"
    return render(request, page, {"invitation": invitation, "person": invitation.user})
