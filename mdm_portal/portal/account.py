"""An administrator's own page: the address for warnings, and the password."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mdm_portal.administrators import change_address, change_password
from mdm_portal.portal.purpose import personal
from scim_provisioning.requests import PortalRequest

ADDRESS, PASSWORD = "address", "password"


class AddressForm(forms.Form):
    """Where warnings go."""

    email = forms.EmailField(
        label=gettext_lazy("Email Address"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Gets the warnings before a token expires. Empty: nobody is told."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PasswordForm(PasswordChangeForm):
    """Django's, its rules in one line; the page begins with something else."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Ask for the old password and twice for the new one."""
        super().__init__(*arguments, **options)
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())
        self.fields["old_password"].widget.attrs.pop("autofocus", None)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@personal
def account(request: PortalRequest) -> HttpResponse:
    """Return the page; on POST change what its form is for."""
    asked = request.POST.get("do") if request.method == "POST" else None
    address = AddressForm(request.POST if asked == ADDRESS else None, initial=_known(request))
    user: Any = request.user
    password = PasswordForm(user, request.POST if asked == PASSWORD else None)
    if asked == ADDRESS and address.is_valid():
        return _change_address(request, address.cleaned_data["email"])
    if asked == PASSWORD and password.is_valid():
        return _change_password(request, password.cleaned_data["new_password1"])
    forms_of_page = {"address": address, "password": password}
    status = 422 if address.errors or password.errors else 200
    return render(request, "account/account.html", forms_of_page, status=status)


def _known(request: PortalRequest) -> dict[str, str]:
    """Return what is known of the administrator."""
    return {"email": getattr(request.user, "email", "")}


def _change_address(request: PortalRequest, email: str) -> HttpResponse:
    """Change the address and show the page."""
    changed = change_address(
        administrator_id=_administrator(request), email=email, actor=request.actor
    )
    messages.success(request, _("Changes saved.") if changed else _("Nothing was changed."))
    return redirect("account")


def _change_password(request: PortalRequest, password: str) -> HttpResponse:
    """Change the password; this browser stays signed in, all others are signed out."""
    key = _administrator(request)
    change_password(administrator_id=key, password=password, actor=request.actor)
    update_session_auth_hash(request, get_user_model().objects.get(pk=key))
    messages.success(request, _("Your password was changed. Other browsers were signed out."))
    return redirect("account")


def _administrator(request: PortalRequest) -> int:
    """Return the key of who is signed in."""
    return int(request.user.pk or 0)
