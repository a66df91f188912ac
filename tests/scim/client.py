"""An identity provider's client inside the test process: Django's test client with a token."""

import json
from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

ROOT = "/scim/v2"


class Answer(HttpResponse):
    """What Django's test client returns: an answer that can be read as JSON."""

    def json(self) -> Any:
        """Return the body; the test client puts its own in place of this."""
        return json.loads(self.content)


class ScimClient:
    """Sends SCIM requests with a bearer token; paths start behind ``/scim/v2``."""

    def __init__(self, secret: str) -> None:
        """Use this token."""
        self.secret = secret
        self.base = (settings.PUBLIC_URL or "http://testserver") + ROOT
        self._client = Client()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str | None] | None = None,
    ) -> Answer:
        """Return the answer; a header of None is not sent."""
        sent: dict[str, str | None] = {
            "Authorization": f"Bearer {self.secret}",
            "Content-Type": "application/scim+json",
            "Accept": "application/scim+json",
        }
        sent.update(headers or {})
        content_type = sent.pop("Content-Type") or ""
        data = b"" if body is None else json.dumps(body).encode()
        answer = self._client.generic(
            method,
            ROOT + path,
            data,
            content_type=content_type,
            headers={name: value for name, value in sent.items() if value is not None},
        )
        return cast(Answer, answer)

    def get(self, path: str) -> Answer:
        """Return the answer to a GET."""
        return self.request("GET", path)

    def post(self, path: str, body: Any) -> Answer:
        """Return the answer to a POST."""
        return self.request("POST", path, body)

    def put(self, path: str, body: Any) -> Answer:
        """Return the answer to a PUT."""
        return self.request("PUT", path, body)

    def patch(self, path: str, body: Any) -> Answer:
        """Return the answer to a PATCH."""
        return self.request("PATCH", path, body)

    def delete(self, path: str) -> Answer:
        """Return the answer to a DELETE."""
        return self.request("DELETE", path)
