"""The addresses of django-scim2, as its README shows."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(_request: HttpRequest) -> HttpResponse:
    """Return that we are there."""
    return HttpResponse()


urlpatterns = [
    path("healthz", healthz),
    path("scim/v2/", include("django_scim.urls", namespace="scim")),
]
