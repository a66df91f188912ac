"""The short way of SCIM requests answers exactly as Django's own does."""

from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, override_settings

from mdm_portal.handler import Handler
from tests.scim.client import ScimClient

pytestmark = pytest.mark.django_db
PASSING = {"X-Request-ID"}
"""Headers that are new each time."""


def answered(application: Any, method: str, path: str, **variables: str) -> tuple[str, Any, bytes]:
    """Return status, headers and body of what a WSGI application answers."""
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        **variables,
    }
    body = b"".join(application(environ, lambda *words: told.extend(words)))
    return told[0], {key: value for key, value in told[1] if key not in PASSING}, body


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "TRACE"])
@pytest.mark.parametrize(
    "path", ["/scim/v2/Users", "/scim/v2/Users/x", "/scim/v2", "/scim/v2/nothing"]
)
def test_status_headers_and_body_are_djangos(client: Client, method: str, path: str) -> None:
    expected = answered(WSGIHandler(), method, path)
    assert answered(Handler(), method, path) == expected
    assert expected[1]["X-Content-Type-Options"] == "nosniff"


def test_all_other_addresses_are_djangos(client: Client) -> None:
    for path in ("/healthz", "/sign-in/", "/nothing", "/scim/Users", "/scim/"):
        ours, djangos = answered(Handler(), "GET", path), answered(WSGIHandler(), "GET", path)
        assert (ours[0], ours[1].keys()) == (djangos[0], djangos[1].keys()), path


@pytest.mark.parametrize("path", ["/scim/v2/Users", "/sign-in/"])
@pytest.mark.parametrize("charset", ["rot13", "hex", "idna", "undefined", "no-such", "utf-16"])
def test_no_charset_makes_a_query_unreadable(client: Client, path: str, charset: str) -> None:
    variables = {"QUERY_STRING": "next=%C3%A9", "CONTENT_TYPE": f"text/plain; charset={charset}"}
    status, _headers, _body = answered(Handler(), "GET", path, **variables)
    assert status == answered(WSGIHandler(), "GET", path)[0]


@override_settings(SECURE_HSTS_SECONDS=3600)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_headers_of_security_are_djangos(client: Client, scheme: str) -> None:
    secure = {"wsgi.url_scheme": scheme}
    expected = answered(WSGIHandler(), "GET", "/scim/v2/Users", **secure)
    assert answered(Handler(), "GET", "/scim/v2/Users", **secure) == expected
    assert ("Strict-Transport-Security" in expected[1]) == (scheme == "https")


@pytest.mark.django_db(transaction=True)
@override_settings(ALLOWED_HOSTS=["portal.example.org"])
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("portal.example.org", "200 OK"),
        ("portal.example.org:8443", "200 OK"),
        ("evil.example", "400 Bad Request"),
        ("portal.example.org, evil.example", "400 Bad Request"),
    ],
)
def test_the_host_is_checked_as_djangos(entra: ScimClient, host: str, status: str) -> None:
    asked = {"HTTP_HOST": host, "HTTP_AUTHORIZATION": f"Bearer {entra.secret}"}
    expected = answered(WSGIHandler(), "GET", "/scim/v2/ServiceProviderConfig", **asked)
    assert expected[0] == status
    for _time in range(2):
        assert answered(Handler(), "GET", "/scim/v2/ServiceProviderConfig", **asked) == expected
