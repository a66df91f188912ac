"""Sign-in of administrators: our own page, and what it says when somebody is locked out."""

from ipaddress import ip_address
from math import ceil
from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from audit.addresses import client_address

TOO_MANY_REQUESTS = 429
LONGEST_NAME = 150


class SignInForm(AuthenticationForm):
    """The form, which knows of a name too long for the database before the database does."""

    username = UsernameField(max_length=LONGEST_NAME)


@method_decorator(never_cache, name="dispatch")
class SignInView(LoginView):
    """The sign-in page; a signed-in administrator goes straight on."""

    authentication_form = SignInForm
    template_name = "account/sign_in.html"
    redirect_authenticated_user = True


def locked_out(
    request: HttpRequest, _response: HttpResponse | None, _credentials: dict[str, Any] | None
) -> HttpResponse:
    """Return the page that says when to try again (django-axes calls this)."""
    pause = get_cool_off(request)
    seconds = int(pause.total_seconds()) if pause else 0
    context = {"minutes": ceil(seconds / 60), "back": request.get_full_path()}
    response = render(request, "account/locked_out.html", context, status=TOO_MANY_REQUESTS)
    response["Retry-After"] = str(seconds)
    return response


def caller(request: HttpRequest) -> str | None:
    """Return whose attempts are counted together: a network address, as the trail names it."""
    address = client_address(request)
    try:
        return str(ip_address(address))
    except ValueError:
        return request.META.get("REMOTE_ADDR") or None
