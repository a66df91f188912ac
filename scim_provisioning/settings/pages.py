"""Edit Settings of an identity provider: automatic invitations and custom attributes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from scim_provisioning.providers import PROVIDERS, Provider
from scim_provisioning.requests import PortalRequest
from scim_provisioning.settings import selectors, services
from scim_provisioning.settings.attributes import added_sentence
from scim_provisioning.settings.forms import SettingsForm
from scim_provisioning.settings.models import CustomAttribute


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_settings(request: PortalRequest, provider: str) -> HttpResponse:
    """Return the settings of one IdP; on POST save them, all or nothing."""
    chosen = _provider(provider)
    if request.method != "POST":
        initial = {"auto_invite": selectors.auto_invite(chosen.key)}
        return _page(request, chosen, SettingsForm(initial=initial))
    form = SettingsForm(request.POST)
    if form.is_valid() and _save(request, chosen, form):
        return redirect("provisioning-settings", chosen.key)
    return _page(request, chosen, form, status=422)


def _save(request: PortalRequest, provider: Provider, form: SettingsForm) -> bool:
    """Save what was changed and say so; a refused name comes first, so that nothing is saved."""
    added = None
    try:
        if name := form.cleaned_data["name"].strip():
            added = services.add_custom_attribute(name=name, actor=request.actor)
    except services.CustomAttributeError as error:
        form.add_error("name", str(error))
        return False
    switched = services.set_auto_invite(
        provider=provider.key, enabled=form.cleaned_data["auto_invite"], actor=request.actor
    )
    _say_saved(request, added, switched)
    return True


def _say_saved(request: HttpRequest, added: CustomAttribute | None, switched: bool) -> None:
    """Tell what was saved."""
    if added:
        messages.success(request, added_sentence(added))
    if switched:
        messages.success(request, _("Changes saved."))
    if not added and not switched:
        messages.info(request, _("Nothing was changed."))


def _page(
    request: HttpRequest, provider: Provider, form: SettingsForm, status: int = 200
) -> HttpResponse:
    """Return the rendered settings, the input kept when it was refused."""
    attributes = list(selectors.custom_attributes())
    context = {
        "provider": provider,
        "form": form,
        "attributes": attributes,
        "max_attributes": services.MAX_CUSTOM_ATTRIBUTES,
    }
    return render(request, "provisioning/settings.html", context, status=status)


def _provider(key: str) -> Provider:
    """Return the declared provider; anything else is not a page."""
    if key not in PROVIDERS:
        raise Http404
    return PROVIDERS[key]
