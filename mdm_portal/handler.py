"""The door of a worker: requests of SCIM take the short way, all others Django's.

What Django does for each request (signals, a chain of middleware, a response that closes itself)
costs a sixth of a SCIM request and serves pages alone. The answer is made by the same function that
``ScimMiddleware`` calls, which Django's test client and other servers come by.
"""

from io import BytesIO
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware

from mdm_portal.frames import with_room
from mdm_portal.middleware import scim_answer
from mdm_portal.request import Request
from scim_provisioning.scim.locations import ROOT


class Handler(WSGIHandler):
    """The WSGI application."""

    request_class = Request

    def __init__(self) -> None:
        """Load Django's middleware, and know the headers that every answer has."""
        super().__init__()
        self._security = {is_secure: _security(is_secure) for is_secure in (False, True)}
        answer: Any = scim_answer
        self._answer: Any = convert_exception_to_response(answer)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Return the body of the answer."""
        if not environ.get("PATH_INFO", "").startswith(ROOT):
            return with_room(super().__call__, environ, start_response)
        own: Any = connections[DEFAULT_DB_ALIAS]
        own.close_if_unusable_or_obsolete()
        try:
            return self._scim(environ, start_response)
        finally:
            if not own.is_kept:
                own.close_if_unusable_or_obsolete()

    def _scim(self, environ: Any, start_response: Any) -> Any:
        """Return the body of a SCIM answer, which never streams."""
        request = Request(environ)
        answer = self._answer(request)
        if answer is None:
            return super().__call__(environ, start_response)
        status = f"{answer.status_code} {answer.reason_phrase}"
        start_response(status, [*answer.items(), *self._security[request.is_secure()]])
        return [answer.content]


def _security(is_secure: bool) -> list[tuple[str, str]]:
    """Return the headers that Django gives each answer, over HTTPS or not."""
    scheme = "https" if is_secure else "http"
    request = Request({"REQUEST_METHOD": "GET", "wsgi.url_scheme": scheme, "wsgi.input": BytesIO()})
    response = HttpResponse()
    del response["Content-Type"]
    secured: Any = SecurityMiddleware(lambda _request: response)
    return list(secured.process_response(request, response).items())
