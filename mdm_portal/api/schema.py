"""What the OpenAPI document says of every operation: how callers sign in, and refusals."""

from typing import Any, Literal

from django.utils.translation import override
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from mdm_portal.api import filters

__all__ = ["ApiSchema", "ApiTokenScheme", "filters"]


class ErrorSerializer(serializers.Serializer[Any]):
    """A refusal: a sentence for the whole, or a list of sentences for each field."""

    detail = serializers.CharField(required=False)


Direction = Literal["request", "response"]
PLACES = {"id": "As the list shows it", "name": "As the list shows it, in any letter case"}
REASONS = {
    400: "A parameter or the body is wrong: sentences by field, or detail",
    401: "No valid token, nobody signed in",
    403: "The role does not allow it",
    404: "There is no such thing",
    409: "It cannot be done as things are: detail says why",
    411: "The body came without its length",
    413: "The body is too large",
    415: "The body is not application/json",
}


class ApiTokenScheme(OpenApiAuthenticationExtension):
    """``Authorization: Bearer mdma_...``."""

    target_class = "mdm_portal.api.authentication.ApiTokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the scheme of a bearer token."""
        scheme: dict[str, Any] = build_bearer_security_scheme_object("Authorization", "Bearer")
        return scheme


class ApiSchema(AutoSchema):
    """Adds the refusals, in English whoever asks."""

    def get_operation(self, *arguments: Any, **options: Any) -> Any:
        """Return what the document says of an operation."""
        with override("en"):
            operation = super().get_operation(*arguments, **options)
        for one in (operation or {}).get("parameters", ()):
            if one["in"] == "path":
                one["description"] = PLACES.get(one["name"], "")
        return operation

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        """Return the answers, refusals among them."""
        bodies: dict[str, Any] = super()._get_response_bodies(direction=direction)
        for status in self._refusals():
            said = OpenApiResponse(ErrorSerializer, REASONS[status])
            bodies.setdefault(
                str(status), self._get_response_for_code(said, str(status), direction=direction)
            )
        return bodies

    def _refusals(self) -> list[int]:
        """Return the statuses that an operation may refuse with."""
        writes, is_one = self.method != "GET", "{" in self.path
        takes_body = self.method in ("POST", "PUT", "PATCH")
        may_refuse = {
            400: takes_body
            or bool(self._get_filter_parameters() or self.get_override_parameters()),
            401: True,
            403: True,
            404: is_one,
            409: writes and getattr(self.view, "conflicts", False),
            411: takes_body,
            413: takes_body,
            415: takes_body,
        }
        return [status for status, may in may_refuse.items() if may]
