"""The HTTP side of the make-believe provider: bearer token, patience with 429, clear errors."""

import time
from collections import Counter
from threading import Lock
from typing import Any

import httpx

from mdm_portal.simulator.errors import Refused, Unexpected, Unreachable

MEDIA_TYPE = "application/scim+json"
TRIES = 10
DEFAULT_WAIT = 5
LONGEST_WAIT = 120

Resource = dict[str, Any]


class ScimClient:
    """Sends SCIM requests to one server; may be used by several threads at once."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        user_agent: str = "",
        timeout: float = 60,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Talk to ``url``, the target SCIM URL; parameters in it are sent with every request."""
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": MEDIA_TYPE,
            "Content-Type": f"{MEDIA_TYPE}; charset=utf-8",
            "User-Agent": user_agent,
        }
        self.url, _mark, self._flag = url.partition("?")
        self.url = self.url.rstrip("/")
        self._http = httpx.Client(headers=headers, timeout=timeout, transport=transport)
        self.requests: Counter[str] = Counter()
        self.waits = 0
        self._lock = Lock()

    def __enter__(self) -> "ScimClient":
        return self

    def __exit__(self, *_arguments: object) -> None:
        self._http.close()

    def get(self, path: str, *expected: int, **parameters: str) -> Resource:
        """Return the body of a GET."""
        return self.send("GET", path, None, *(expected or (200,)), **parameters)

    def find(self, endpoint: str, filter_: str, **parameters: str) -> Resource | None:
        """Return the one resource that a filter finds, else None."""
        found = self.get(endpoint, filter=filter_, **parameters).get("Resources") or []
        if len(found) > 1:
            raise Unexpected(f"GET {endpoint} found {len(found)} resources for {filter_}.")
        return found[0] if found else None

    def send(
        self, method: str, path: str, body: Resource | None, *expected: int, **parameters: str
    ) -> Resource:
        """Return the body of an answer with an expected status; {} for an empty one.

        Waits as long as a 429 says (whole seconds in Retry-After), ten times at most.
        """
        for _try in range(TRIES):
            answer = self._once(method, path, body, parameters)
            if answer.status_code != 429:
                return self._body(method, path, answer, expected)
            self.waits += 1
            time.sleep(_seconds(answer))
        raise Unexpected(f"{method} {path} was answered 429 {TRIES} times.")

    def _once(
        self, method: str, path: str, body: Resource | None, parameters: dict[str, str]
    ) -> httpx.Response:
        """Return the answer to one attempt."""
        with self._lock:
            self.requests[method] += 1
        flag = {self._flag: ""} if self._flag else {}
        try:
            return self._http.request(
                method, self.url + path, json=body, params={**flag, **parameters} or None
            )
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            reason = str(error) or type(error).__name__
            raise Unreachable(f"{self.url} cannot be reached: {reason}.") from error

    def _body(
        self, method: str, path: str, answer: httpx.Response, expected: tuple[int, ...]
    ) -> Resource:
        """Return the answer's JSON object; raise Refused or Unexpected."""
        if answer.status_code == 401:
            raise Refused(f"{self.url} refused the token (401). {_detail(answer)}".strip())
        if answer.status_code not in expected:
            raise Unexpected(
                f"{method} {path} was answered {answer.status_code} instead of "
                f"{' or '.join(map(str, expected))}: {_detail(answer)}"
            )
        if not answer.content:
            return {}
        try:
            body = answer.json()
        except ValueError as error:
            raise Unexpected(f"{method} {path} was answered without JSON.") from error
        if not isinstance(body, dict):
            raise Unexpected(f"{method} {path} was answered with something else than an object.")
        return body


def quoted(text: str) -> str:
    """Return a text as a value in a filter."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _seconds(answer: httpx.Response) -> int:
    """Return how long a 429 asks to wait; HTTP dates are not read, as at Okta."""
    value = answer.headers.get("Retry-After", "")
    return min(int(value), LONGEST_WAIT) if value.isdigit() else DEFAULT_WAIT


def _detail(answer: httpx.Response) -> str:
    """Return what the server says is wrong, in one line."""
    try:
        body = answer.json()
    except ValueError:
        return "no JSON. Is this the target SCIM URL? It ends in /scim/v2."
    return " ".join(str(body.get("detail", "")).split()) if isinstance(body, dict) else ""
