"""Addresses of the admin API at which there is nothing: JSON says so, not a page of the portal."""

from typing import Any

from django.http import HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView


@extend_schema(exclude=True)
class Elsewhere(APIView):
    """Whatever no resource is at."""

    def initial(self, request: Request, *arguments: Any, **place: Any) -> None:
        """Refuse every method with 404, once the caller is known."""
        super().initial(request, *arguments, **place)
        raise NotFound(_("There is nothing at this address."))

    def dispatch(self, request: Any, *arguments: Any, **place: Any) -> HttpResponseBase:
        """Answer; where only the last slash is missing, send the same request there."""
        if not request.path_info.endswith("/") and _is_resource(f"{request.path_info}/"):
            target = request.get_full_path(force_append_slash=True)
            return HttpResponsePermanentRedirect(target, preserve_request=True)
        answer: HttpResponseBase = super().dispatch(request, *arguments, **place)
        return answer


def _is_resource(path: str) -> bool:
    """Tell whether a resource is at a path."""
    try:
        return resolve(path).url_name != "api-elsewhere"
    except Resolver404:
        return False
