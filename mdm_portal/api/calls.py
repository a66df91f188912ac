"""What all calls of the admin API share: who calls, what was sent, and what is meant by it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from audit.actors import Actor
from audit.addresses import client_address
from mdm_portal.api.parsers import LengthRequired

LONGEST_SHOWN = 64
"""Characters of a misspelled name that the answer repeats."""


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
    if unknown := unknown_fields(request.data, list(body.fields)):
        raise serializers.ValidationError(unknown)
    return dict(body.validated_data)


def unknown_fields(sent: Iterable[str], known: list[str]) -> dict[str, list[str]]:
    """Return a sentence for each misspelled field: it would else be passed over in silence."""
    sentence = _("There is no such field here; there are: %s.") % (", ".join(known) or "–")
    return {name[:LONGEST_SHOWN]: [sentence] for name in sent if name not in known}


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
