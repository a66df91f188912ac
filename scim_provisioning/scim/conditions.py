"""Conditional requests: If-Match and If-None-Match by weak comparison (RFC 7644 section 3.14)."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.http import parse_etags

from scim_provisioning.directory.models import Group, User
from scim_provisioning.scim.errors import PreconditionFailed
from scim_provisioning.scim.rendering import version_tag

Row = User | Group


def write_check(request: HttpRequest) -> Callable[[Row], None] | None:
    """Return a check of the locked row, or None when the client made no condition."""
    if_match, if_none = (
        _tags(request, "HTTP_IF_MATCH"),
        _tags(request, "HTTP_IF_NONE_MATCH"),
    )
    if if_match is None and if_none is None:
        return None

    def check(row: Row) -> None:
        if if_match is not None and not _matches(row, if_match):
            raise PreconditionFailed
        if if_none is not None and _matches(row, if_none):
            raise PreconditionFailed

    return check


def is_unchanged(request: HttpRequest, row: Row) -> bool:
    """Tell whether the client already has this version: 304."""
    tags = _tags(request, "HTTP_IF_NONE_MATCH")
    return tags is not None and _matches(row, tags)


def check_read(request: HttpRequest, row: Row) -> None:
    """Raise PreconditionFailed when a read demands another version."""
    tags = _tags(request, "HTTP_IF_MATCH")
    if tags is not None and not _matches(row, tags):
        raise PreconditionFailed


def _tags(request: HttpRequest, header: str) -> list[str] | None:
    """Return the opaque tags of a header, None when it is absent."""
    value = request.META.get(header)
    return None if value is None else [_opaque(tag) for tag in parse_etags(value)]


def _matches(row: Row, tags: list[str]) -> bool:
    """Tell whether a row's version is among the tags."""
    return "*" in tags or _opaque(version_tag(row)) in tags


def _opaque(tag: str) -> str:
    """Return a tag without its weakness mark."""
    return tag.removeprefix("W/")
