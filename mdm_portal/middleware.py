"""The portal's middleware, none of which runs for SCIM: an IdP has no session and no language."""

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from axes.middleware import AxesMiddleware as AxesBase
from csp.middleware import CSPMiddleware as CspBase
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponseBase
from django.middleware import clickjacking, common, csrf, gzip, locale
from django.utils.cache import add_never_cache_headers
from django_htmx.middleware import HtmxMiddleware as HtmxBase
from django_permissions_policy import PermissionsPolicyMiddleware as PermissionsPolicyBase
from structlog.contextvars import bind_contextvars, unbind_contextvars
from whitenoise.middleware import WhiteNoiseMiddleware as WhiteNoiseBase

from audit.actors import Actor
from audit.addresses import client_address
from mdm_portal.portal.replica import OwnChangeBase
from mdm_portal.roles import RoleBase

logger = logging.getLogger(__name__)
SCIM = "/scim/"
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def portal_only(base: Any) -> Any:
    """Return a middleware class that lets SCIM requests pass untouched."""

    class PortalOnly(base):  # type: ignore[misc]
        def __call__(self, request: HttpRequest) -> Any:
            if request.path_info.startswith(SCIM):
                return self.get_response(request)
            return super().__call__(request)

    if hasattr(base, "process_view"):

        def process_view(self: Any, request: HttpRequest, *arguments: Any) -> Any:
            if request.path_info.startswith(SCIM):
                return None
            return base.process_view(self, request, *arguments)

        PortalOnly.process_view = process_view
    return PortalOnly


class RequestIdBase:
    """Gives a request an id: in the answer, in the trail, in each line of the log, in its tasks."""

    def __init__(self, get_response: GetResponse) -> None:
        """Go on with ``get_response``."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on, and log what was answered; the route, not the path, which may hold secrets."""
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
            if logger.isEnabledFor(logging.INFO):
                logger.info("Request", extra=_told(request, response, started))
            return response
        finally:
            unbind_contextvars("request_id")


def _told(request: HttpRequest, response: HttpResponseBase, started: float) -> dict[str, object]:
    """Return what the log tells of a request."""
    return {
        "method": request.method,
        "route": request.resolver_match.route if request.resolver_match else "",
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - started) * 1000, 1),
    }


class ActorBase:
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


ActorMiddleware = portal_only(ActorBase)
AuthenticationMiddleware = portal_only(auth.AuthenticationMiddleware)
AxesMiddleware = portal_only(AxesBase)
CommonMiddleware = portal_only(common.CommonMiddleware)
CsrfViewMiddleware = portal_only(csrf.CsrfViewMiddleware)
CSPMiddleware = portal_only(CspBase)
GZipMiddleware = portal_only(gzip.GZipMiddleware)
HtmxMiddleware = portal_only(HtmxBase)
LocaleMiddleware = portal_only(locale.LocaleMiddleware)
LoginRequiredMiddleware = portal_only(auth.LoginRequiredMiddleware)
OwnChangeMiddleware = portal_only(OwnChangeBase)
MessageMiddleware = portal_only(messages.MessageMiddleware)
PermissionsPolicyMiddleware = portal_only(PermissionsPolicyBase)
SessionMiddleware = portal_only(sessions.SessionMiddleware)
RequestIdMiddleware = portal_only(RequestIdBase)
RoleMiddleware = portal_only(RoleBase)
WhiteNoiseMiddleware = portal_only(WhiteNoiseBase)
XFrameOptionsMiddleware = portal_only(clickjacking.XFrameOptionsMiddleware)
