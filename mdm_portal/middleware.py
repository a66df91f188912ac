"""What a request meets on its way to a page, or to SCIM."""

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from audit.actors import Actor
from audit.addresses import client_address
from audit.log_context import logging_also
from scim_provisioning.scim.locations import ROOT
from scim_provisioning.scim.urls import urlpatterns

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]
_ADDRESSES = [(address.pattern.regex.fullmatch, address.callback) for address in urlpatterns]
"""What tells an address below ROOT, and its view."""


def scim_answer(request: HttpRequest) -> HttpResponseBase | None:
    """Return the answer of the SCIM view; None for what is none of its addresses.

    Django's resolver takes as long over an address as PostgreSQL over a look-up.
    """
    if not request.path_info.startswith(ROOT):
        return None
    rest = request.path_info.removeprefix(ROOT)
    for match, view in _ADDRESSES:
        if found := match(rest):
            named = {name: value for name, value in found.groupdict().items() if value is not None}
            answer: HttpResponseBase = view(request, **named)
            return answer
    return None


class ScimMiddleware:
    """Answers SCIM requests straight away, before any middleware of the portal.

    Their views own every fault and every header of theirs.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Leave other requests to ``get_response``."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the view's answer, or go on."""
        return scim_answer(request) or self.get_response(request)


class RequestIdMiddleware:
    """Gives a request an id: in the answer, in the trail, in each line of the log, in its tasks."""

    def __init__(self, get_response: GetResponse) -> None:
        """Go on with ``get_response``."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on, and log what was answered; the route, not the path, which may hold secrets."""
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        started = time.perf_counter()
        with logging_also(request_id=request.request_id):  # type: ignore[attr-defined]
            response = self.get_response(request)
            response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
            if logger.isEnabledFor(logging.INFO):
                logger.info("Request", extra=_told(request, response, started))
            return response


def _told(request: HttpRequest, response: HttpResponseBase, started: float) -> dict[str, object]:
    """Return what the log tells of a request."""
    return {
        "method": request.method,
        "route": request.resolver_match.route if request.resolver_match else "",
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - started) * 1000, 1),
    }


class ActorMiddleware:
    """Sets ``request.actor``: the signed-in administrator, as the trail names them.

    What they are shown is kept by no cache, so that nobody finds it by the back button.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Go on with ``get_response``."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set the actor and go on."""
        user: Any = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        request.actor = Actor.administrator(  # type: ignore[attr-defined]
            user,
            client_address(request),
            request.request_id,  # type: ignore[attr-defined]
        )
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
