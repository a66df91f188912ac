"""The addresses of the floor."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench.scim.floor import groups, users


def healthz(_request: HttpRequest) -> HttpResponse:
    """Return that we are there."""
    return HttpResponse()


urlpatterns = [
    path("healthz", healthz),
    path("scim/v2/Users", users.users),
    path("scim/v2/Users/<uuid:key>", users.user),
    path("scim/v2/Groups/<uuid:key>", groups.group),
]
