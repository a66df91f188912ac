"""A request as workers read it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """A request whose text is UTF-8, as JSON is (RFC 8259 section 8.1) and all our forms are.

    Django believes a Content-Type that names any codec of Python's, of which some are none of
    text: a query could then not be read at all. It also parses that header, the query and the host
    anew for each request, which takes longer than to read a user's row.
    """

    def get_host(self) -> str:
        """Return the host that was asked; raise DisallowedHost. Django's check, once for each."""
        return _checked(self._get_raw_host())  # type: ignore[attr-defined]

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        """Set what Django's own does, but for the encoding."""
        self.content_type, self.content_params = _parsed(meta.get("CONTENT_TYPE", ""))


@lru_cache(maxsize=128)
def _checked(host: str) -> str:
    """Return a host that is allowed; what is refused is not remembered."""
    request = HttpRequest()
    request.META = {"HTTP_HOST": host}
    return request.get_host()


@lru_cache(maxsize=128)
def _parsed(content_type: str) -> tuple[str, dict[str, str]]:
    """Return a media type and its parameters; identity providers send very few."""
    media_type, parameters = parse_header_parameters(content_type)
    return media_type, parameters
