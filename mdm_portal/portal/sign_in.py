"""Sign-in of administrators: our own page, and what it says when somebody is locked out."""

from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

TOO_MANY_REQUESTS = 429


@method_decorator(never_cache, name="dispatch")
class SignInView(LoginView):
    """The sign-in page; a signed-in administrator goes straight on."""

    template_name = "account/sign_in.html"
    redirect_authenticated_user = True


def locked_out(
    request: HttpRequest, _credentials: dict[str, Any], *_arguments: Any
) -> HttpResponse:
    """Return the page that says when to try again (django-axes calls this)."""
    pause = get_cool_off(request)
    minutes = int(pause.total_seconds() // 60) if pause else 0
    response = render(
        request, "account/locked_out.html", {"minutes": minutes}, status=TOO_MANY_REQUESTS
    )
    if pause:
        response["Retry-After"] = str(int(pause.total_seconds()))
    return response
