"""A script with a token of an administrator."""

import json
from typing import Any

from django.test import Client

from audit.actors import Actor
from mdm_portal.administrators import create_administrator
from mdm_portal.api.tokens import issue

OPERATOR = Actor.operator("tests")


class Api:
    """A script with a token of an administrator."""

    def __init__(self, role: str | None = None) -> None:
        """Act for an administrator of this role."""
        name = role or "everything"
        create_administrator(username=name, actor=OPERATOR, role=role)
        issued = issue(username=name, name="script", lifetime_days=1, actor=OPERATOR)
        self.secret = issued.secret
        self.client = Client(raise_request_exception=False)

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Return the answer."""
        return self.raw(method, path, json.dumps(body) if body is not None else "")

    def raw(self, method: str, path: str, body: str | bytes, **headers: str) -> Any:
        """Return the answer to a body as it is."""
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            body,
            content_type=headers.pop("content_type", "application/json"),
            headers={"Authorization": f"Bearer {self.secret}", **headers},
        )

    def get(self, path: str) -> Any:
        """Return the JSON of a successful GET."""
        answer = self.send("GET", path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def made(self, path: str, body: Any) -> Any:
        """Return the JSON of what was made."""
        answer = self.send("POST", path, body)
        assert answer.status_code == 201, answer.content
        return answer.json()
