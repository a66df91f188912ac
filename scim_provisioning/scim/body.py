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

DEEPEST = 100
"""Most levels of lists and objects; what is deeper could not be shown in an error or a log."""
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
    """Return the JSON value; orjson refuses bad UTF-8 and lone surrogates."""
    if not raw.strip():
        raise InvalidSyntax("The body is empty.")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidSyntax(f"The body is not valid JSON: {error}.") from error
    if _is_deeper(value, DEEPEST):
        raise InvalidSyntax(f"The body may have {DEEPEST} levels of lists and objects at most.")
    return value


def _is_deeper(value: Any, levels: int) -> bool:
    """Tell whether a JSON value has more levels; it is walked level by level, so any can be."""
    level = [value]
    for _ in range(levels + 1):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
