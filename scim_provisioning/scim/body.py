"""The body of a request as a JSON object, or a clear error."""

from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from scim_provisioning.scim.errors import (
    InvalidSyntax,
    PayloadTooLarge,
    UnsupportedMediaType,
)

MEDIA_TYPES = frozenset({"application/scim+json", "application/json", ""})


def read_object(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object in the body.

    Raises UnsupportedMediaType, PayloadTooLarge, InvalidSyntax (RFC 7644 section 3.12).
    """
    if (request.content_type or "") not in MEDIA_TYPES:
        raise UnsupportedMediaType
    value = _parse(_read(request))
    if not isinstance(value, dict):
        raise InvalidSyntax("The body must be one JSON object.")
    return value


def _read(request: HttpRequest) -> bytes:
    """Return the raw body, refusing one that is too large before it is read."""
    limit = settings.SCIM_MAX_BODY
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdigit() or int(announced) > limit:
        raise PayloadTooLarge(f"A body may have {limit} bytes at most.")
    try:
        raw = request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise PayloadTooLarge(f"A body may have {limit} bytes at most.") from error
    if len(raw) > limit:
        raise PayloadTooLarge(f"A body may have {limit} bytes at most.")
    return raw


def _parse(raw: bytes) -> Any:
    """Return the JSON value; orjson refuses bad UTF-8, lone surrogates and deep nesting."""
    if not raw.strip():
        raise InvalidSyntax("The body is empty.")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidSyntax(f"The body is not valid JSON: {error}.") from error
