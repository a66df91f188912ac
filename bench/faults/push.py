"""An identity provider that does not give up: look-up, then POST, until each user is there."""

import http.client
import json
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock, local
from typing import Any
from urllib.parse import quote, urlsplit

from mdm_portal.simulator.people import Person, company
from mdm_portal.simulator.resources import user_body

CONNECTIONS = 4
"""As many requests as Okta has under way at once."""
TIMEOUT = 60
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@dataclass
class Tally:
    """What the provider saw."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    """userName: the id that a 201 gave."""
    found: set[str] = field(default_factory=set)
    """userNames that were there although the answer to their POST was lost."""
    answers: Counter[int] = field(default_factory=Counter)
    cut: int = 0
    """Requests whose connection broke."""
    unclean: list[str] = field(default_factory=list)
    """Errors that were no SCIM errors, or told nobody when to come back."""
    slowest_503: float = 0.0
    slowest_success: float = 0.0


class Pusher:
    """Creates users over several connections, in threads of its own."""

    def __init__(self, url: str, secret: str, users: int, seed: int) -> None:
        """Make people up; the same for the same seed."""
        self.parts = urlsplit(url)
        self.headers = {
            "Authorization": f"Bearer {secret}",
            "Content-Type": "application/scim+json",
            "User-Agent": "OKTA SCIM Integration",
        }
        self.people = list(company(users, 1, seed=seed).people.values())
        self.tally = Tally()
        self.thread = local()
        self.lock = Lock()
        self.work: list[Future[None]] = []

    def start(self) -> None:
        """Begin to push."""
        pool = ThreadPoolExecutor(CONNECTIONS, "push")
        self.work = [pool.submit(self._create, person) for person in self.people]
        pool.shutdown(wait=False)

    @property
    def share(self) -> float:
        """Return how much is done."""
        return sum(future.done() for future in self.work) / len(self.work)

    def result(self) -> Tally:
        """Return what the provider saw, once all is done."""
        for future in self.work:
            future.result()
        return self.tally

    def _create(self, person: Person) -> None:
        """Look up, create, and begin again after whatever fails."""
        query = quote(f'userName eq "{person.user_name}"')
        posted = False
        while True:
            found = self._send("GET", f"/Users?filter={query}", None)
            if found is not None and found["totalResults"]:
                assert posted, f"{person.user_name} was there before"
                with self.lock:
                    self.tally.found.add(person.user_name)
                return
            if found is None:
                continue
            posted = True
            made = self._send("POST", "/Users", user_body(person))
            if made is not None:
                with self.lock:
                    self.tally.acknowledged[person.user_name] = made["id"]
                return

    def _send(self, method: str, path: str, body: Any) -> dict[str, Any] | None:
        """Return the body of a success; None after a pause when it was none."""
        started = time.monotonic()
        try:
            status, headers, content = self._exchange(method, path, body)
        except (OSError, http.client.HTTPException):
            self.thread.connection = None
            with self.lock:
                self.tally.cut += 1
            time.sleep(0.5)
            return None
        self._count(status, headers, content, time.monotonic() - started)
        if status in (200, 201):
            return dict(json.loads(content))
        time.sleep(float(headers.get("Retry-After", 1)))
        return None

    def _exchange(self, method: str, path: str, body: Any) -> tuple[int, dict[str, str], bytes]:
        connection = getattr(self.thread, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self.parts.netloc, timeout=TIMEOUT)
            self.thread.connection = connection
        data = None if body is None else json.dumps(body)
        connection.request(method, self.parts.path + path, data, self.headers)
        answer = connection.getresponse()
        return answer.status, {k.title(): v for k, v in answer.getheaders()}, answer.read()

    def _count(self, status: int, headers: dict[str, str], content: bytes, took: float) -> None:
        with self.lock:
            self.tally.answers[status] += 1
            if status in (200, 201):
                self.tally.slowest_success = max(self.tally.slowest_success, took)
            elif status == 503 and _is_clean(headers, content):
                self.tally.slowest_503 = max(self.tally.slowest_503, took)
            else:
                self.tally.unclean.append(f"{status} {content[:200]!r}")


def _is_clean(headers: dict[str, str], content: bytes) -> bool:
    """Tell whether a 503 is a SCIM error that says when to come back."""
    try:
        body = json.loads(content)
    except ValueError:
        return False
    return bool(
        headers.get("Content-Type", "").startswith("application/scim+json")
        and headers.get("Retry-After", "").isdigit()
        and body.get("schemas") == [ERROR]
        and body.get("status") == "503"
    )
