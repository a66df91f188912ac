"""Admin > Branding > Email Templates: the list, the form of each language, test, revert."""

from dataclasses import asdict
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mdm_portal.portal.purpose import changing
from scim_provisioning.invitations.mail_templates import services, trial
from scim_provisioning.invitations.mail_templates.drafts import Refused
from scim_provisioning.invitations.mail_templates.forms import TemplateForm
from scim_provisioning.invitations.mail_templates.kinds import MAIL_KINDS, MailKind
from scim_provisioning.invitations.mail_templates.models import MailTemplate
from scim_provisioning.invitations.mail_templates.values import offered
from scim_provisioning.invitations.mail_templates.wording import wording_of
from scim_provisioning.invitations.post import PostError
from scim_provisioning.requests import PortalRequest

LANGUAGES = dict(settings.LANGUAGES)


@require_safe
def email_templates(request: PortalRequest) -> HttpResponse:
    """Return the list of mails, each with its languages."""
    changed = {(row.kind, row.language): row for row in MailTemplate.objects.all()}
    rows = [
        (kind, [(code, name, changed.get((kind.key, code))) for code, name in LANGUAGES.items()])
        for kind in MAIL_KINDS.values()
    ]
    return render(request, "mail_templates/list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def email_template(request: PortalRequest, kind: str, language: str) -> HttpResponse:
    """Return the form of a mail in a language; on POST save it, or send a test of it."""
    declared = declared_kind(kind, language)
    if request.method != "POST":
        initial = asdict(wording_of(kind, language)) | {
            "test_address": getattr(request.user, "email", "")
        }
        return _page(request, declared, language, TemplateForm(initial=initial))
    form = TemplateForm(request.POST)
    if form.is_valid():
        try:
            if request.POST.get("do") == "test":
                _test(request, kind, language, form)
            else:
                return _save(request, kind, language, form)
        except Refused as refusal:
            form.refuse(refusal)
    return _page(request, declared, language, form)


@changing
@require_http_methods(["GET", "HEAD", "POST"])
def revert(request: PortalRequest, kind: str, language: str) -> HttpResponse:
    """Return the confirmation; on POST go back to the default words."""
    declared = declared_kind(kind, language)
    if request.method != "POST":
        return render(request, "mail_templates/revert.html", _context(declared, language))
    if services.revert(kind=kind, language=language, actor=request.actor):
        messages.success(request, _("The default settings are back."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("email-template", kind, language)


def declared_kind(kind: str, language: str) -> MailKind:
    """Return the declared mail; raise Http404 for one that there is not."""
    if kind not in MAIL_KINDS or language not in LANGUAGES:
        raise Http404
    return MAIL_KINDS[kind]


def _save(request: PortalRequest, kind: str, language: str, form: TemplateForm) -> HttpResponse:
    """Save what was typed and say so; raise Refused."""
    changed = services.save(
        kind=kind, language=language, wording=form.wording(), actor=request.actor
    )
    messages.success(request, _("Changes saved.") if changed else _("Nothing was changed."))
    return redirect("email-template", kind, language)


def _test(request: PortalRequest, kind: str, language: str, form: TemplateForm) -> None:
    """Send what was typed to the chosen address and say so; raise Refused."""
    address = form.cleaned_data["test_address"]
    if not address:
        form.add_error("test_address", _("This field is required."))
        return
    try:
        trial.send(
            kind=kind,
            language=language,
            wording=form.wording(),
            address=address,
            actor=request.actor,
        )
    except PostError as error:
        said = _("The mail did not leave. The mail server said: %s") % error
        form.add_error("test_address", said)
    else:
        messages.success(request, _("The test mail to %s was handed over.") % address)


def _context(declared: MailKind, language: str) -> dict[str, Any]:
    """Return what all pages of a mail are shown with."""
    return {
        "kind": declared,
        "language": language,
        "language_label": LANGUAGES[language],
        "template_languages": LANGUAGES.items(),
    }


def _page(
    request: PortalRequest, declared: MailKind, language: str, form: TemplateForm
) -> HttpResponse:
    """Return the rendered form, what was typed kept; this page alone may hold a frame, of ours."""
    context = _context(declared, language) | {
        "form": form,
        "offered": list(offered()),
        "is_changed": MailTemplate.objects.filter(kind=declared.key, language=language).exists(),
        "writes_files": not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"),
    }
    status = 422 if form.errors else 200
    response = render(request, "mail_templates/form.html", context, status=status)
    response["Content-Security-Policy"] = build_policy(update={"frame-src": ["'self'"]})
    return response
