"""Who calls the admin API: an administrator's token, or the session of the portal."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from mdm_portal.api.tokens import administrator_of


class ApiTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer mdma_...``."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return the administrator of the token; None when the request carries none."""
        scheme, _space, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        administrator = administrator_of(secret.strip().decode("latin-1"))
        if administrator is None:
            raise AuthenticationFailed("The token is unknown or expired.")
        return administrator, None

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge that makes a refusal 401."""
        return 'Bearer realm="api"'
