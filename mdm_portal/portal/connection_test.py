"""*Test Connection*: an identity provider's own test, played against this service."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mdm_portal.portal.connection_steps import play, steps_of
from mdm_portal.portal.purpose import changing
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.scim.locations import scim_base
from scim_provisioning.tokens.secrets import MARK, SECRET_LENGTH


class TokenForm(forms.Form):
    """The token, which this portal does not store and therefore has to be told."""

    token = forms.CharField(
        label=_("Token"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_token(self) -> str:
        """Refuse what cannot be a token: it may be a password that was pasted by mistake."""
        token: str = self.cleaned_data["token"].strip()
        if not token.startswith(MARK) or len(token) != SECRET_LENGTH or not token.isascii():
            raise forms.ValidationError(_("This is no token: a token begins with “scim_”."))
        return token


@changing
@sensitive_post_parameters("token")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def connection_test(request: HttpRequest, provider: str) -> HttpResponse:
    """Return the form; on POST play the test and show each step."""
    if provider not in PROVIDERS:
        raise Http404
    form = TokenForm(request.POST or None)
    context = {"provider": PROVIDERS[provider], "form": form, "scim_url": scim_base(request)}
    if request.method != "POST":
        return render(request, "connection/test.html", context | {"steps": steps_of(provider)})
    if not form.is_valid():
        context["steps"] = steps_of(provider)
        return render(request, "connection/test.html", context, status=422)
    outcomes = play(provider, scim_base(request), form.cleaned_data["token"])
    context["outcomes"] = outcomes
    context["passed"] = all(outcome.passed for outcome in outcomes)
    return render(request, "connection/test.html", context)
