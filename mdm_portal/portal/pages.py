"""Pages that belong to no room: the way in, and what went wrong."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from mdm_portal.roles import labels


def home(_request: HttpRequest) -> HttpResponse:
    """Go to where an administrator starts."""
    return redirect("dashboard")


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a request that makes no sense."""
    return _page(
        request,
        400,
        _("This request could not be understood"),
        _("The address or the form was cut off or changed on its way."),
    )


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for what is not allowed."""
    return _page(
        request,
        403,
        _("You are not allowed to do this"),
        " ".join(_why(request)),
    )


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form that was open too long or came from elsewhere."""
    return _page(
        request,
        403,
        _("This form is out of date"),
        _("Nothing was changed. Go back, reload the page and send it again; allow cookies."),
    )


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for what is not there."""
    return _page(
        request,
        404,
        _("There is nothing at this address"),
        _("It may have been deleted, or the link is wrong."),
    )


@login_not_required
def failed(_request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of ours; it needs nothing that may have failed."""
    return HttpResponse(render_to_string("errors/failed.html"), status=500)


def _why(request: HttpRequest) -> Iterator[str]:
    """Yield the sentences that say what a role does not allow, and what helps."""
    names = labels(request.user) if request.user.is_authenticated else []
    if names:
        yield _("Your role, %(role)s, does not allow this.") % {"role": ", ".join(names)}
    yield _("Nothing was changed.")
    yield _("Ask another administrator to do it, or for a role that may.")


def _page(request: HttpRequest, status: int, heading: str, sentence: str) -> HttpResponse:
    context = {
        "status": status,
        "heading": heading,
        "sentence": sentence,
        "back": reverse("home"),
    }
    return render(request, "errors/error.html", context, status=status)
