"""Admin > Identity > User Provisioning: choose an IdP, make and manage tokens."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mdm_portal.portal.purpose import changing
from scim_provisioning.providers import PROVIDERS, Provider
from scim_provisioning.requests import PortalRequest
from scim_provisioning.settings import selectors as settings_selectors
from scim_provisioning.tokens import overview, services
from scim_provisioning.tokens.forms import GenerateForm, OneTimeForm, ProviderForm, RenewForm
from scim_provisioning.tokens.models import MAX_TOKENS, ScimToken
from scim_provisioning.tokens.nonces import new_nonce, spend
from scim_provisioning.tokens.selectors import current_tokens
from scim_provisioning.tokens.usage import LatelyUsed, lately_used

SCIM_PATH = "/scim/v2"
COMPLIANT_ENTRA = "?aadOptscim062020"


@never_cache
@require_safe
def choose(request: PortalRequest) -> HttpResponse:
    """Return the page that leads to each IdP, or the way to the one that was chosen."""
    chosen = request.GET.get("provider", "")
    if chosen in PROVIDERS:
        return redirect("provisioning-provider", chosen)
    tokens = list(current_tokens())
    used = lately_used()
    context = _shared(request, tokens, used) | {
        "choose_form": ProviderForm(),
        "connections": overview.connections(tokens, used),
    }
    return render(request, "provisioning/choose.html", context)


@never_cache
@require_safe
def provider_page(request: PortalRequest, provider: str) -> HttpResponse:
    """Return the page of one IdP: Generate, Token Status, settings, set-up guide."""
    return _provider_page(request, _provider(provider))


@changing
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("issued")
def generate(request: PortalRequest, provider: str) -> HttpResponse:
    """Return the confirmation of *Generate*; on POST the new token, this once."""
    chosen = _provider(provider)
    if request.method != "POST":
        return _confirm(request, "generate", GenerateForm(), provider=chosen)
    form = GenerateForm(request.POST)
    if not form.is_valid():
        return _confirm(request, "generate", form, provider=chosen)
    if not _is_first(request, form):
        return _already_sent(request, chosen.key)
    try:
        issued = services.generate(
            provider=chosen.key, lifetime_days=form.cleaned_data["lifetime"], actor=request.actor
        )
    except services.TokenError as error:
        return _refused(request, error, chosen.key)
    return _issued(request, issued, _("Token generated"))


@never_cache
@require_POST
def activate(request: PortalRequest, token_id: UUID) -> HttpResponse:
    """Set a token to active and return to the table."""
    try:
        token = services.activate(token_id=token_id, actor=request.actor)
    except services.TokenError as error:
        return _refused(request, error, _back(request))
    messages.success(request, _("Token %s is active.") % token.prefix)
    return _to(_back(request))


@never_cache
@require_POST
def deactivate(request: PortalRequest, token_id: UUID) -> HttpResponse:
    """Set a token to inactive and return to the table."""
    try:
        token = services.deactivate(token_id=token_id, actor=request.actor)
    except services.TokenError as error:
        return _refused(request, error, _back(request))
    messages.success(
        request,
        _("Token %(token)s is inactive. Requests of %(idp)s with it are refused.")
        % {"token": token.prefix, "idp": token.provider_declaration.name},
    )
    return _to(_back(request))


@changing
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("issued")
def renew(request: PortalRequest, token_id: UUID) -> HttpResponse:
    """Return the confirmation of *Renew*; on POST the token's new secret, this once."""
    token = _token(token_id)
    if token is None:
        return _refused(request, services.TokenNotFound(), _back(request))
    if request.method != "POST":
        return _confirm(request, "renew", RenewForm(), token=token)
    form = RenewForm(request.POST)
    if not form.is_valid():
        return _confirm(request, "renew", form, token=token)
    if not _is_first(request, form):
        return _already_sent(request, token.provider)
    try:
        issued = services.renew(
            token_id=token_id, overlap_hours=form.cleaned_data["overlap"], actor=request.actor
        )
    except services.TokenError as error:
        return _refused(request, error, _back(request))
    return _issued(request, issued, _("Token renewed"))


@changing
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PortalRequest, token_id: UUID) -> HttpResponse:
    """Return the confirmation of *Remove*; on POST remove the token and return to the table."""
    token = _token(token_id)
    if token is None:
        return _refused(request, services.TokenNotFound(), _back(request))
    if request.method != "POST":
        return _confirm(request, "remove", OneTimeForm(), token=token)
    try:
        services.remove(token_id=token_id, actor=request.actor)
    except services.TokenError as error:
        return _refused(request, error, _back(request))
    messages.success(request, _("Token %s was removed.") % token.prefix)
    return _to(_back(request))


def scim_url(request: HttpRequest) -> str:
    """Return the target SCIM URL that IdPs are given."""
    return f"{settings.PUBLIC_URL or request.build_absolute_uri('/').rstrip('/')}{SCIM_PATH}"


def _provider(key: str) -> Provider:
    """Return the declared provider; anything else is not a page."""
    if key not in PROVIDERS:
        raise Http404
    return PROVIDERS[key]


def _token(token_id: UUID) -> ScimToken | None:
    """Return a token that was not removed."""
    return current_tokens().filter(id=token_id).first()


def _back(request: HttpRequest) -> str:
    """Return the provider whose page the administrator came from; empty is the first page."""
    came_from = request.POST.get("back") or request.GET.get("back") or ""
    return came_from if came_from in PROVIDERS else ""


def _to(provider: str) -> HttpResponse:
    """Return the way back to the table."""
    return redirect("provisioning-provider", provider) if provider else redirect("provisioning")


def _is_first(request: HttpRequest, form: OneTimeForm) -> bool:
    """Tell whether this form comes for the first time."""
    return spend(form.cleaned_data["nonce"], request.user.pk)


def _already_sent(request: HttpRequest, provider: str) -> HttpResponse:
    """Return the way back after a reload or a second click: nothing was made."""
    messages.warning(
        request,
        _(
            "This form was already sent, so nothing was done again. A token is shown only once: "
            "if you did not save it, choose Renew."
        ),
    )
    return _to(provider)


def _refused(request: HttpRequest, error: services.TokenError, provider: str) -> HttpResponse:
    """Return the way back with the reason."""
    messages.error(request, str(error))
    return _to(provider)


def _shared(request: HttpRequest, tokens: list[ScimToken], used: LatelyUsed) -> dict[str, Any]:
    """Return what every page with the Token Status table shows."""
    return {
        "rows": overview.rows(tokens, used),
        "notices": overview.expiry_notices(tokens),
        "max_tokens": MAX_TOKENS,
        "limit_reached": overview.limit_reached(tokens),
        "nonce": new_nonce(request.user.pk),
        "renew_form": RenewForm(),
    }


def _provider_page(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Return the rendered page of one IdP."""
    context = _shared(request, list(current_tokens()), lately_used()) | {
        "provider": provider,
        "back": provider.key,
        "choose_form": ProviderForm(initial={"provider": provider.key}),
        "form": GenerateForm(),
        "auto_invite": settings_selectors.auto_invite(provider.key),
    }
    return render(request, "provisioning/provider.html", context | _guide(request))


def _guide(request: HttpRequest) -> dict[str, Any]:
    """Return the values that the set-up guides are filled with."""
    url = scim_url(request)
    return {
        "scim_url": url,
        "compliant_url": f"{url}{COMPLIANT_ENTRA}",
        "reachable": url.startswith("https://"),
        "custom_attributes": list(settings_selectors.custom_attributes()),
        "extension": "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User",
    }


def _confirm(
    request: HttpRequest,
    action: str,
    form: forms.Form,
    *,
    provider: Provider | None = None,
    token: ScimToken | None = None,
) -> HttpResponse:
    """Return a confirmation as a page of its own, for browsers that show no dialog."""
    tokens = list(current_tokens())
    context = {
        "form": form,
        "renew_form": form,
        "token": token,
        "provider": provider or PROVIDERS[token.provider if token else ""],
        "nonce": new_nonce(request.user.pk),
        "back": provider.key if provider else _back(request),
        "rows": overview.rows(tokens),
        "max_tokens": MAX_TOKENS,
        "limit_reached": action == "generate" and overview.limit_reached(tokens),
        "action": action,
        "partial": f"provisioning/confirm/{action}.html",
    }
    status = 400 if form.is_bound else 200
    return render(request, "provisioning/confirm.html", context, status=status)


@sensitive_variables("issued", "context")
def _issued(request: HttpRequest, issued: services.IssuedToken, title: str) -> HttpResponse:
    """Return the only page that ever shows the secret; nothing keeps it, not even the browser."""
    context = {
        "heading": title,
        "token": issued.token,
        "secret": issued.secret,
        "provider": issued.token.provider_declaration,
        "old_secret_until": overview.TokenRow(issued.token).old_secret_until,
        "renewed": issued.token.renewed_at,
    }
    return render(request, "provisioning/issued.html", context | _guide(request))
