"""What all calls of the admin API share: who calls, what was sent, and what is meant by it."""

from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from audit.actors import Actor
from audit.addresses import client_address
from mdm_portal.api.parsers import LengthRequired


def actor_of(request: Request) -> Actor:
    """Return the administrator who calls."""
    return Actor.administrator(request.user, client_address(request))


def taken(
    kind: type[serializers.Serializer[Any]], request: Request, **options: Any
) -> dict[str, Any]:
    """Return the checked body; a bad one is answered with 400 and a sentence a field."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise LengthRequired
    body = kind(data=request.data, **options)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


class ById:
    """A resource at a UUID: another address is nobody's."""

    kwargs: dict[str, Any]

    def initial(self, request: Request, *arguments: Any, **place: Any) -> None:
        """Refuse with 404 what is no UUID, once the caller is known."""
        super().initial(request, *arguments, **place)  # type: ignore[misc]
        try:
            UUID(self.kwargs.get("pk", "0" * 32))
        except ValueError as error:
            raise Http404 from error
