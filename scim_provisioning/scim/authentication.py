"""Every SCIM request shows a good bearer token, or gets 401: closed by default."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from audit.actors import Actor
from audit.addresses import client_address
from scim_provisioning.scim.attempts import attempt
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.errors import ScimError, Unauthorized
from scim_provisioning.scim.locations import scim_base
from scim_provisioning.scim.responses import error_response
from scim_provisioning.tokens.credentials import Credential, InvalidCredential, authenticate

View = Callable[..., HttpResponseBase]


class TokenRequired:
    """Wraps a view: sets ``request.scim`` to the caller's Context, or answers 401.

    Errors are in English, whatever language the thread's last portal page was in.
    """

    csrf_exempt = False

    def __init__(self, view: View) -> None:
        """Wrap ``view``."""
        self.view = view

    def __call__(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        """Return the view's answer, or 401 with an Error body (RFC 7644 section 2).

        503 when the database that knows the tokens is out.
        """
        if hasattr(request, "scim"):
            return self.view(request, *arguments, **options)
        translation.activate("en")
        try:
            request.scim = attempt(  # type: ignore[attr-defined]
                lambda: authenticated(request), "authentication"
            )
        except ScimError as error:
            return error_response(error)
        return self.view(request, *arguments, **options)


def authenticated(request: HttpRequest) -> Context:
    """Return the caller's Context; raise Unauthorized."""
    address = client_address(request)
    try:
        credential = authenticate(request.META.get("HTTP_AUTHORIZATION", ""), address)
    except InvalidCredential as error:
        if error.credential:
            request.refused_caller = _actor(error.credential, request)  # type: ignore[attr-defined]
        raise Unauthorized from error
    return Context(_actor(credential, request), scim_base(request))


def _actor(credential: Credential, request: HttpRequest) -> Actor:
    """Return the identity provider behind a token, as the trail and the log name it."""
    return Actor.token(
        credential.token_id,
        f"{credential.key_id}…",
        credential.provider,
        client_address(request),
        getattr(request, "request_id", ""),
    )
