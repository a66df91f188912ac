"""Bodies of the admin API: JSON, neither large nor deep, or a clear refusal."""

from typing import Any

import orjson
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BODY = 1024 * 1024
DRAINED_AT_MOST = 16 * MAX_BODY
"""A refused body is read up to so many bytes: who is still sending may not see the answer."""
MAX_DEPTH = 32
"""Lists and objects may stand in each other so deep: ours never are deeper than three."""


class BodyTooLarge(APIException):
    """A body that is not read to its end."""

    status_code = 413
    default_code = "too_large"


class LengthRequired(APIException):
    """A body that comes in pieces, without its length."""

    status_code = 411
    default_code = "length_required"
    default_detail = "Send the body with its length (Content-Length), not in chunks."


class JSONParser(BaseParser):
    """orjson refuses what others let pass: bad UTF-8, lone surrogates, NaN."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the value; raise ParseError or BodyTooLarge."""
        raw: bytes = stream.read(MAX_BODY + 1)
        if len(raw) > MAX_BODY:
            _drain(stream)
            raise BodyTooLarge(f"A body may have {MAX_BODY} bytes at most.")
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not valid JSON: {error}.") from error
        _check_depth(value)
        return value


def _drain(stream: Any) -> None:
    """Read what is left of a body."""
    for _piece in range(DRAINED_AT_MOST // MAX_BODY):
        if not stream.read(MAX_BODY):
            return


def _check_depth(value: Any) -> None:
    """Refuse what is nested too deep for those who walk it; level by level, without recursion."""
    level = [value]
    for _depth in range(MAX_DEPTH):
        level = [inner for item in level for inner in _contents(item)]
        if not level:
            return
    raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _contents(item: Any) -> list[Any]:
    """Return what is directly in a list or an object."""
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []
