"""SCIM answers: orjson out, the SCIM media type, an Error body for every error."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpResponse

from scim_provisioning.scim.errors import ScimError, Unauthorized, Unavailable
from scim_provisioning.scim.written import Written

CONTENT_TYPE = "application/scim+json"
CHALLENGE = 'Bearer realm="SCIM", error="invalid_token"'


def json_response(body: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Return a body as SCIM JSON; the answer keeps it as ``document``, for the log."""
    content = orjson.dumps(body, _json_of, orjson.OPT_PASSTHROUGH_DATACLASS)
    response = HttpResponse(content, content_type=CONTENT_TYPE, status=status)
    response.document = body  # type: ignore[attr-defined]
    return response


def _json_of(resource: Written) -> orjson.Fragment:
    """Return the JSON of a resource that has it already."""
    return orjson.Fragment(resource.json)


def resource_response(
    document: Mapping[str, Any], location: str, version: str, status: int = 200
) -> HttpResponse:
    """Return a resource with its addresses and its ETag, shown in the body or not.

    RFC 7643 section 3.1, RFC 7644 sections 3.3 and 3.14.
    """
    response = json_response(document, status)
    response["Location"] = response["Content-Location"] = location
    response["ETag"] = version
    return response


def empty_response(status: int = 204) -> HttpResponse:
    """Return an answer without a body."""
    response = HttpResponse(status=status)
    del response["Content-Type"]
    return response


def error_response(error: ScimError) -> HttpResponse:
    """Return the Error body of RFC 7644 section 3.12."""
    response = json_response(error.to_dict(), error.status)
    if isinstance(error, Unauthorized):
        response["WWW-Authenticate"] = CHALLENGE
    if isinstance(error, Unavailable):
        response["Retry-After"] = str(error.retry_after)
    return response
