"""The addresses that answers carry."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from scim_provisioning.scim.errors import ScimError

ROOT = "/scim/v2"


def base_location(request: HttpRequest | None = None, *_arguments: object) -> str:
    """Return the public address of the site: PUBLIC_URL, else what the request was sent to."""
    if settings.PUBLIC_URL or request is None:
        return str(settings.PUBLIC_URL)
    try:
        return f"{request.scheme}://{request.get_host()}"
    except DisallowedHost as error:
        raise ScimError("The Host header names a host that this service does not serve.") from error


def scim_base(request: HttpRequest | None = None) -> str:
    """Return the target SCIM URL, without a slash at the end."""
    return base_location(request) + ROOT
