"""The form of a configuration, new or stored."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from mdm_portal.portal.purpose import changing
from scim_provisioning.configurations import services
from scim_provisioning.configurations.drafts import Refused
from scim_provisioning.configurations.forms import BLANK_ROWS, ROWS, ConfigurationForm, asked_rows
from scim_provisioning.configurations.kinds import KINDS, MAX_PAIRS, Kind
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.requests import PortalRequest
from scim_provisioning.settings.registry import custom_attribute_names
from scim_provisioning.settings.user_values import SOURCES
from scim_provisioning.settings.variables import VARIABLES, variable


@changing
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PortalRequest, kind: str) -> HttpResponse:
    """Return the form of a new configuration; on POST make it."""
    if kind not in KINDS:
        raise Http404
    form = _form(request, KINDS[kind], None)
    if form.is_bound and form.is_valid():
        try:
            made = services.create(kind=kind, draft=form.draft(), actor=request.actor)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Configuration “%s” was added.") % made.name)
            return redirect("configuration", made.pk)
    return _page(request, form, None)


@changing
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PortalRequest, configuration_id: UUID) -> HttpResponse:
    """Return the form of a stored configuration; on POST change it."""
    stored = get_object_or_404(Configuration, pk=configuration_id)
    form = _form(request, stored.declaration, stored)
    if form.is_bound and form.is_valid():
        try:
            changed = services.change(
                configuration_id=stored.pk, draft=form.draft(), actor=request.actor
            )
        except services.NotFound as error:
            raise Http404 from error
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = _("Changes saved.") if changed else _("Nothing was changed.")
            messages.success(request, said)
            return redirect("configuration", stored.pk)
    return _page(request, form, stored)


def _form(request: PortalRequest, kind: Kind, stored: Configuration | None) -> ConfigurationForm:
    """Return the form: as it was sent, with more rows where those are asked for, or as stored."""
    secrets_set = list(stored.secrets) if stored else []
    if request.method == "POST" and "more" not in request.POST:
        rows = asked_rows(request.POST)
        return ConfigurationForm(kind, request.POST, rows=rows, secrets_set=secrets_set)
    if request.method == "POST":
        rows = min(asked_rows(request.POST) + BLANK_ROWS, MAX_PAIRS)
        typed = request.POST.dict()
        return ConfigurationForm(kind, initial=typed, rows=rows, secrets_set=secrets_set)
    rows = min(len(stored.values if stored else []) + BLANK_ROWS, MAX_PAIRS)
    initial = _initial(stored) if stored else {}
    return ConfigurationForm(kind, initial=initial, rows=rows, secrets_set=secrets_set)


def _initial(stored: Configuration) -> dict[str, str]:
    """Return what the fields of a stored configuration show."""
    if not stored.declaration.is_pairs:
        return {"name": stored.name, **dict(stored.values)}
    shown = {"name": stored.name}
    for row, (key, value) in enumerate(stored.values):
        shown |= {f"key-{row}": key, f"value-{row}": value}
    return shown


def _offered() -> Iterator[tuple[str, object]]:
    """Yield the variables that somebody can have a value of, with what they stand for."""
    for name in custom_attribute_names():
        yield variable(name), _("Custom attribute")
    for built_in in VARIABLES:
        if built_in.name in SOURCES:
            yield variable(built_in.name), built_in.stands_for


@sensitive_variables("form", "context")
def _page(
    request: PortalRequest, form: ConfigurationForm, stored: Configuration | None
) -> HttpResponse:
    """Return the rendered form, what was typed kept when it was refused."""
    if form.errors:
        form.ask_again_for_secrets()
    context: dict[str, Any] = {
        "form": form,
        "kind": form.kind,
        "configuration": stored,
        "offered": list(_offered()),
        "rows_name": ROWS,
        "can_have_more": form.kind.is_pairs and form.rows < MAX_PAIRS,
    }
    status = 422 if form.errors else 200
    return render(request, "configurations/form.html", context, status=status)
