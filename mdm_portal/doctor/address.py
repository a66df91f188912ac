"""The public address: whether the world finds us there, and whom we believe about callers."""

import socket
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from mdm_portal.doctor.findings import Finding, failure, ok, warning

PATIENCE = 5


def check_address() -> Finding:
    """Judge PUBLIC_URL, resolve its name, and ask for /healthz there."""
    address = settings.PUBLIC_URL
    if not address:
        return warning(
            "PUBLIC_URL is not set: addresses follow the request, links in mails lead to "
            f"{settings.LOCAL_URL}.",
            "Set it to the https address that identity providers and people use.",
        )
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        return failure(
            f"{address} is no https address: identity providers refuse it, cookies are in the "
            "clear.",
            "Put a proxy with a certificate before the portal; write https:// in PUBLIC_URL.",
        )
    if parts.path or parts.query:
        return failure(
            f"{address} has a path, but the portal serves at the root of a host.",
            "Write PUBLIC_URL without what follows the host.",
        )
    try:
        socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as error:
        return failure(f"{parts.hostname}: {error}", "Correct PUBLIC_URL, or the DNS.")
    return _ask(address)


def _ask(address: str) -> Finding:
    """Ask for /healthz; that we cannot get there need not mean that nobody can."""
    try:
        answer = httpx.get(f"{address}/healthz", timeout=PATIENCE)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return warning(
            f"{address} cannot be reached from here: {error}",
            "Try it from outside; look at firewall, proxy and certificate.",
        )
    if answer.status_code == 200 and b'"status"' in answer.content:
        return ok(f"{address} is this portal.")
    return failure(
        f"{address}/healthz answers {answer.status_code}, not as a portal does.",
        "Let the proxy pass every path on to the portal, with the Host header.",
    )


def check_proxy() -> Finding:
    """Judge how much is believed of what a request says about itself."""
    if settings.DEBUG:
        return failure("DEBUG is on: errors show settings to everybody.", "Unset DEBUG.")
    if settings.PUBLIC_URL.startswith("https://") and not settings.BEHIND_PROXY:
        return warning(
            "BEHIND_PROXY is off: the trail names the proxy's address as everybody's.",
            "Set BEHIND_PROXY=true where a proxy ends TLS; leave it where granian itself does.",
        )
    if settings.BEHIND_PROXY and not settings.PUBLIC_URL:
        return warning(
            "BEHIND_PROXY is on without PUBLIC_URL: addresses are what requests say they are.",
            "Set PUBLIC_URL; or unset BEHIND_PROXY where there is no proxy.",
        )
    if "*" in settings.ALLOWED_HOSTS and settings.PUBLIC_URL:
        return warning("Every host name is served.", "Set ALLOWED_HOSTS to the names in use.")
    return ok("Behind a proxy." if settings.BEHIND_PROXY else "No proxy is declared.")
