"""The page behind the link of an invitation: public, for people who have no account here."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audit.addresses import client_address
from scim_provisioning.invitations import services
from scim_provisioning.invitations.errors import LinkError
from scim_provisioning.invitations.links import base_url
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.options.options import current
from scim_provisioning.invitations.qr import qr_code
from scim_provisioning.settings.languages import told_language


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
    language = _language(request, invitation)
    with translation.override(language):
        response = _page(request, invitation)
    response["Content-Language"] = language
    return response


def _page(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Return the question, or once it was answered the next step."""
    context: dict[str, Any] = {"invitation": invitation, "person": invitation.user}
    if invitation.status != Invitation.COMPLETED:
        here = f"{base_url()}{request.path}"
        context |= {"here": here, "here_code": qr_code(here)}
        return render(request, "invitations/registration.html", context)
    address = current().enrolment_url
    if address:
        context |= {"enrolment_url": address, "enrolment_code": qr_code(address)}
    return render(request, "invitations/completed.html", context)


def _language(request: HttpRequest, invitation: Invitation) -> str:
    """Return the language that was chosen here, else the person's, else the browser's."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return translation.get_language()
    return told_language(invitation.user) or translation.get_language()
