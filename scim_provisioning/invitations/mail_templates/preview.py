"""A mail as somebody made up gets it: a document of its own, which can do nothing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from scim_provisioning.invitations.mail_templates.drafts import Refused, checked
from scim_provisioning.invitations.mail_templates.forms import TemplateForm
from scim_provisioning.invitations.mail_templates.pages import declared_kind
from scim_provisioning.invitations.mail_templates.values import samples
from scim_provisioning.invitations.mail_templates.wording import Wording, filled, wording_of
from scim_provisioning.invitations.mails import head
from scim_provisioning.requests import PortalRequest
from scim_provisioning.settings.registry import custom_attribute_names

OWN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http:; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'; sandbox"
)
"""A mail brings its own styles; the page around it is not reached from here."""


@xframe_options_sameorigin
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: PortalRequest, kind: str, language: str) -> HttpResponse:
    """Return the mail as it is stored; on POST, as it was typed, or why that is refused."""
    declared_kind(kind, language)
    if request.method != "POST":
        return _shown(request, wording_of(kind, language), language)
    form = TemplateForm(request.POST)
    form.errors.pop("test_address", None)
    if not form.errors:
        try:
            wording = form.wording()
            checked(wording, language, custom_attribute_names())
            return _shown(request, wording, language)
        except Refused as refusal:
            form.refuse(refusal)
    return _answer(render(request, "invitations/mail/refused.html", {"form": form}, status=422))


def _shown(request: PortalRequest, wording: Wording, language: str) -> HttpResponse:
    from_email, reply_to = head(wording)
    letter = filled(wording, samples(language), language)
    context = {
        "letter": letter,
        "subject": letter.subject,
        "body": letter.body,
        "language": language,
        "sender": from_email,
        "reply_to": reply_to,
    }
    return _answer(render(request, "invitations/mail/preview.html", context))


def _answer(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = OWN_POLICY
    return response
