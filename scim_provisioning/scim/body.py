"""The body of a request as a JSON object, or a clear error."""

from collections.abc import Callable
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
from scim_provisioning.scim.numbers import read_exactly

MEDIA_TYPES = frozenset({"application/scim+json", "application/json", ""})
_MARK = b":ivanti:"
"""Where this stands there are custom attributes, whose numbers are kept as they are written."""
PIECE = 65536
DRAINED_AT_MOST = 16 * 1024 * 1024
"""A refused body is read up to so many bytes; who sends more is cut off."""
MAX_DEPTH = 32
"""Lists and objects may stand in each other so deep; the deepest of SCIM's own is a bulk PATCH."""


def read_object(request: HttpRequest, limit: int | None = None) -> dict[str, Any]:
    """Return the JSON object in the body, of ``limit`` bytes at most.

    Raises UnsupportedMediaType, PayloadTooLarge, InvalidSyntax (RFC 7644 section 3.12).
    """
    if (request.content_type or "") not in MEDIA_TYPES:
        raise UnsupportedMediaType
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the body without a content encoding.")
    value = _parse(_read(request, limit or settings.SCIM_MAX_BODY))
    if not isinstance(value, dict):
        raise InvalidSyntax("The body must be one JSON object.")
    request.scim_body = value  # type: ignore[attr-defined]
    return value


def _read(request: HttpRequest, limit: int) -> bytes:
    """Return the raw body, refusing one that is too large before it is read."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        return _read_chunked(request, limit)
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdigit() or int(announced) > limit:
        _drain(request.read)
        raise PayloadTooLarge(f"A body may have {limit} bytes at most.")
    try:
        raw = request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise PayloadTooLarge(f"A body may have {limit} bytes at most.") from error
    if len(raw) > limit:
        raise PayloadTooLarge(f"A body may have {limit} bytes at most.")
    return raw


def _read_chunked(request: HttpRequest, limit: int) -> bytes:
    """Return a body that comes without its length, which Django takes for none."""
    stream = request.META["wsgi.input"]
    raw: bytes = stream.read(limit + 1)
    if len(raw) > limit:
        _drain(stream.read)
        raise PayloadTooLarge(f"A body may have {limit} bytes at most.")
    return raw


def _drain(read: Callable[[int], bytes]) -> None:
    """Read what is left of a body that is refused: who is still sending may not see the answer."""
    for _piece in range(DRAINED_AT_MOST // PIECE):
        if not read(PIECE):
            return


def _parse(raw: bytes) -> Any:
    """Return the JSON value; orjson refuses bad UTF-8, lone surrogates and deep nesting."""
    if not raw.strip():
        raise InvalidSyntax("The body is empty.")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidSyntax(f"The body is not valid JSON: {error}.") from error
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH:
        _check_depth(value)
    return read_exactly(raw, value) if _MARK in raw.lower() else value


def _check_depth(value: Any) -> None:
    """Refuse what is nested too deep for those who walk it; level by level, without recursion."""
    level = [value]
    for _depth in range(MAX_DEPTH + 1):
        level = _inner(level)
        if not level:
            return
    raise InvalidSyntax(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _inner(level: list[Any]) -> list[Any]:
    """Return the lists and objects directly in some others; a bulk request has thousands."""
    found: list[Any] = []
    for outer in level:
        for item in outer.values() if type(outer) is dict else outer:
            if type(item) is dict or type(item) is list:
                found.append(item)  # noqa: PERF401
    return found
