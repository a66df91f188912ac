"""Admin > Identity > Invitation Settings."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from scim_provisioning.invitations.options import services
from scim_provisioning.invitations.options.forms import OptionsForm
from scim_provisioning.invitations.options.options import Refused, current
from scim_provisioning.requests import PortalRequest


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_settings(request: PortalRequest) -> HttpResponse:
    """Return the settings; on POST save them, all or nothing."""
    if request.method != "POST":
        return _page(request, OptionsForm(initial=asdict(current())))
    form = OptionsForm(request.POST)
    if form.is_valid():
        try:
            changed = services.change(options=form.options(), actor=request.actor)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Changes saved.") if changed else _("Nothing was changed."))
            return redirect("invitation-settings")
    return _page(request, form)


def _page(request: PortalRequest, form: OptionsForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "invitation_settings/page.html", {"form": form}, status=status)
