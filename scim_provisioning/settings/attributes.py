"""Admin > System > Attributes, and the confirmation of deleting a custom attribute."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mdm_portal.portal.purpose import changing
from scim_provisioning.directory.attribute_counts import users_by_attribute
from scim_provisioning.directory.text import fold
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.requests import PortalRequest
from scim_provisioning.settings import selectors, services
from scim_provisioning.settings.forms import AttributeForm
from scim_provisioning.settings.models import CustomAttribute
from scim_provisioning.settings.user_values import SOURCES
from scim_provisioning.settings.uses import Use, uses_of
from scim_provisioning.settings.variables import INVITATION, KINDS, VARIABLES, variable


@dataclass(frozen=True, slots=True)
class Custom:
    """A custom attribute as the page lists it."""

    attribute: CustomAttribute
    users: int
    """How many have a value."""
    uses: list[Use]


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A built-in variable as the page lists it."""

    name: str
    stands_for: Promise
    kind: Promise
    usage: str
    is_filled: bool
    is_of_mails: bool
    """Whether only the mails of invitations fill it in."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attributes(request: PortalRequest) -> HttpResponse:
    """Return both sections; on POST add a custom attribute."""
    form = AttributeForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _added(request, form):
        return redirect("system-attributes")
    context = {
        "form": form,
        "custom": _custom(),
        "system": _system(),
        "max_attributes": services.MAX_CUSTOM_ATTRIBUTES,
    }
    status = 422 if form.is_bound else 200
    return render(request, "settings/attributes.html", context, status=status)


@changing
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete_attribute(request: PortalRequest, name: str, provider: str = "") -> HttpResponse:
    """Return the confirmation, with how many users lose a value; on POST delete.

    ``provider`` is the IdP whose Edit Settings it was opened from.
    """
    if provider and provider not in PROVIDERS:
        raise Http404
    back = _back(provider)
    attribute = selectors.custom_attributes().filter(name_key=fold(name)).first()
    if attribute is None:
        return _gone(request, name, back)
    if request.method == "POST":
        return _delete(request, attribute, provider)
    return _confirmation(request, attribute, provider, uses_of([attribute.name])[attribute.name])


def added_sentence(attribute: CustomAttribute) -> str:
    """Return what is said once an attribute is registered."""
    return _("Custom attribute “%(name)s” was added. Use it as %(variable)s.") % {
        "name": attribute.name,
        "variable": attribute.variable,
    }


def _added(request: PortalRequest, form: AttributeForm) -> bool:
    """Register an attribute and say so; a refusal stands beside the field."""
    try:
        added = services.add_custom_attribute(name=form.cleaned_data["name"], actor=request.actor)
    except services.CustomAttributeError as error:
        form.add_error("name", str(error))
        return False
    messages.success(request, added_sentence(added))
    return True


def _custom() -> list[Custom]:
    """Return the custom attributes, with what depends on each; more cost no more statements."""
    registered = list(selectors.custom_attributes())
    users = users_by_attribute()
    uses = uses_of([attribute.name for attribute in registered])
    return [
        Custom(attribute, users[attribute.name], uses[attribute.name]) for attribute in registered
    ]


def _system() -> list[BuiltIn]:
    """Return the built-in variables."""
    return [
        BuiltIn(
            item.name,
            item.stands_for,
            KINDS[item.kind],
            variable(item.name),
            item.name in SOURCES,
            item.kind == INVITATION,
        )
        for item in VARIABLES
    ]


def _delete(request: PortalRequest, attribute: CustomAttribute, provider: str) -> HttpResponse:
    """Delete an attribute and tell how many users lost a value."""
    name = attribute.name
    try:
        count = services.delete_custom_attribute(name=name, actor=request.actor)
    except services.AttributeInUse as error:
        return _confirmation(request, attribute, provider, error.uses, status=422)
    except services.CustomAttributeError:
        return _gone(request, name, _back(provider))
    lost = ngettext("%d user lost a value.", "%d users lost a value.", count) % count
    messages.success(
        request, _("Custom attribute “%s” was deleted.") % name + (f" {lost}" if count else "")
    )
    return redirect(_back(provider))


def _confirmation(
    request: HttpRequest,
    attribute: CustomAttribute,
    provider: str,
    uses: list[Use],
    status: int = 200,
) -> HttpResponse:
    """Return the confirmation; while something uses the attribute, what that is instead."""
    context = {
        "provider": PROVIDERS.get(provider),
        "back": _back(provider),
        "attribute": attribute,
        "users": users_by_attribute()[attribute.name],
        "uses": uses,
    }
    return render(request, "provisioning/attribute_delete.html", context, status=status)


def _gone(request: HttpRequest, name: str, back: str) -> HttpResponse:
    """Return the way back when another administrator was faster."""
    messages.info(request, _("There is no custom attribute named “%s” any more.") % name)
    return redirect(back)


def _back(provider: str) -> str:
    """Return the page that the confirmation was opened from."""
    if provider:
        return str(resolve_url("provisioning-settings", provider))
    return str(resolve_url("system-attributes"))
