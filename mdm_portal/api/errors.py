"""Refusals of the services as answers of the admin API."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.response import Response
from rest_framework.views import exception_handler

from scim_provisioning.configurations import services as configurations
from scim_provisioning.directory import errors as directory
from scim_provisioning.settings import services as settings
from scim_provisioning.tokens import services as tokens

STATUS: dict[type[Exception], int] = {
    configurations.NotFound: 404,
    directory.NotFound: 404,
    directory.UserNameTaken: 409,
    directory.GroupNameTaken: 409,
    directory.OwnedByProvider: 409,
    directory.DirectoryError: 400,
    tokens.TokenNotFound: 404,
    tokens.TokenLimitReached: 409,
    tokens.TokenError: 400,
    settings.UnknownCustomAttribute: 404,
    settings.AttributeInUse: 409,
    settings.CustomAttributeError: 400,
}
"""The status of each refusal; the first class that fits counts."""


NOT_FOUND = (configurations.NotFound, directory.NotFound)
"""Refusals that say an id and no more."""


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer to an error: the refusal's own sentence as ``detail``."""
    for kind, status in STATUS.items():
        if isinstance(error, kind):
            return Response({"detail": _sentence(error)}, status=status)
    return exception_handler(error, context)


def _sentence(error: Exception) -> str:
    """Return why, for people to read."""
    return _("There is nothing with the id %s.") % error if type(error) in NOT_FOUND else str(error)
