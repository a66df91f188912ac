"""Pages that belong to no room: the way in, and what went wrong."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _


def home(_request: HttpRequest) -> HttpResponse:
    """Go to where an administrator starts."""
    return redirect("provisioning")


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a request that makes no sense."""
    return _page(request, 400, _("This request could not be understood."))


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for what is not allowed."""
    return _page(request, 403, _("You are not allowed to do this."))


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form that was open too long or came from elsewhere."""
    return _page(request, 403, _("This form is out of date. Go back, reload and send it again."))


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for what is not there."""
    return _page(request, 404, _("There is nothing at this address."))


@login_not_required
def failed(request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of ours."""
    return _page(request, 500, _("Something failed on our side. The log says what."))


def _page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    return render(
        request, "errors/error.html", {"status": status, "sentence": sentence}, status=status
    )
