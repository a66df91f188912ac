"""Edit Settings of an identity provider: automatic invitations and custom attributes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from scim_provisioning.directory.text import fold
from scim_provisioning.providers import PROVIDERS, Provider
from scim_provisioning.requests import PortalRequest
from scim_provisioning.settings import selectors, services
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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete_attribute(request: PortalRequest, provider: str, name: str) -> HttpResponse:
    """Return the confirmation, with how many users lose a value; on POST delete."""
    chosen = _provider(provider)
    if request.method == "POST":
        return _delete(request, chosen, name)
    attribute = selectors.custom_attributes().filter(name_key=fold(name)).first()
    if attribute is None:
        return _gone(request, chosen, name)
    context = {
        "provider": chosen,
        "attribute": attribute,
        "users": selectors.users_with_value(attribute.name),
    }
    return render(request, "provisioning/attribute_delete.html", context)


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
        messages.success(
            request,
            _("Custom attribute “%(name)s” was added. Use it as %(variable)s.")
            % {"name": added.name, "variable": added.variable},
        )
    if switched:
        messages.success(request, _("Changes saved."))
    if not added and not switched:
        messages.info(request, _("Nothing was changed."))


def _delete(request: PortalRequest, provider: Provider, name: str) -> HttpResponse:
    """Delete an attribute and tell how many users lost a value."""
    try:
        count = services.delete_custom_attribute(name=name, actor=request.actor)
    except services.CustomAttributeError:
        return _gone(request, provider, name)
    lost = ngettext("%d user lost a value.", "%d users lost a value.", count) % count
    messages.success(
        request, _("Custom attribute “%s” was deleted.") % name + (f" {lost}" if count else "")
    )
    return redirect("provisioning-settings", provider.key)


def _gone(request: HttpRequest, provider: Provider, name: str) -> HttpResponse:
    """Return the way back when another administrator was faster."""
    messages.info(request, _("There is no custom attribute named “%s” any more.") % name)
    return redirect("provisioning-settings", provider.key)


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
