"""Refusals of the services as answers of the admin API."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler

from scim_provisioning.directory import errors as directory
from scim_provisioning.settings.services import CustomAttributeError
from scim_provisioning.tokens import services as tokens

STATUS: dict[type[Exception], int] = {
    directory.NotFound: 404,
    directory.UserNameTaken: 409,
    directory.GroupNameTaken: 409,
    directory.OwnedByProvider: 409,
    directory.DirectoryError: 400,
    tokens.TokenNotFound: 404,
    tokens.TokenLimitReached: 409,
    tokens.TokenError: 400,
    CustomAttributeError: 400,
}
"""The status of each refusal; the first class that fits counts."""


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer to an error: the refusal's own sentence as ``detail``."""
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            return Response({"detail": str(error)}, status=status)
    return exception_handler(error, context)
