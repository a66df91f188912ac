"""The door of a worker: requests of SCIM take the short way, all others Django's.

What Django does for each request (signals, a chain of middleware, a response that closes itself)
costs a sixth of a SCIM request and serves pages alone. The answer is made by the same function that
``ScimMiddleware`` calls, which Django's test client and other servers come by.
"""

from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware

from mdm_portal.middleware import scim_answer
from scim_provisioning.scim.locations import ROOT


class Handler(WSGIHandler):
    """The WSGI application."""

    def __init__(self) -> None:
        """Load Django's middleware, and know the headers that every answer has."""
        super().__init__()
        self._secured = SecurityMiddleware(lambda _request: HttpResponse()).process_response
        answer: Any = scim_answer
        self._answer: Any = convert_exception_to_response(answer)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Return the body of the answer."""
        if not environ.get("PATH_INFO", "").startswith(ROOT):
            return super().__call__(environ, start_response)
        connection.close_if_unusable_or_obsolete()
        try:
            return self._scim(environ, start_response)
        finally:
            connection.close_if_unusable_or_obsolete()

    def _scim(self, environ: Any, start_response: Any) -> Any:
        """Return the body of a SCIM answer, which never streams."""
        request = WSGIRequest(environ)
        answer = self._answer(request)
        if answer is None:
            return super().__call__(environ, start_response)
        response: Any = self._secured(request, answer)
        status = f"{response.status_code} {response.reason_phrase}"
        start_response(status, list(response.items()))
        return [response.content]
