"""An identity provider that does not give up: what is not acknowledged is sent again.

Reads its order as JSON from standard input, tells its progress on standard output, a JSON object a
line, and writes what was acknowledged to a file. Ends when all users are pushed, or on SIGTERM.
"""

import http.client
import json
import queue
import select
import signal
import ssl
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mdm_portal.simulator.resources import GROUP, USER, patch_body

BATCH = 50
"""So many people are a team."""
PATIENCE = 120
TELL_SECONDS = 0.5
LONGEST_PAUSE = 4.0

Answer = tuple[int, dict[str, Any]]


class Figures:
    """What all connections saw, counted together."""

    def __init__(self) -> None:
        """Begin to count."""
        self.lock = threading.Lock()
        self.requests, self.answers, self.found_after, self.closed_idle = 0, 0, 0, 0
        self.failures: Counter[str] = Counter()
        self.users: dict[str, dict[str, str]] = {}
        self.groups: dict[str, dict[str, Any]] = {}
        self.answered_at = time.monotonic()
        self.gap = self.slowest = 0.0

    def answered(self, started: float) -> None:
        """Count an answer that settles its request."""
        with self.lock:
            now = time.monotonic()
            self.answers += 1
            self.gap = max(self.gap, now - self.answered_at)
            self.slowest = max(self.slowest, now - started)
            self.answered_at = now

    def sent(self) -> None:
        """Count an attempt."""
        with self.lock:
            self.requests += 1

    def met_closed(self) -> None:
        """Count a connection that was closed, for it was idle, while a request came along."""
        with self.lock:
            self.closed_idle += 1

    def failed(self, kind: str) -> None:
        """Count an attempt that has to be repeated."""
        with self.lock:
            self.failures[kind] += 1

    def tell(self) -> dict[str, Any]:
        """Return the figures, with the longest time without any answer since the last call."""
        with self.lock:
            gap = max(self.gap, time.monotonic() - self.answered_at)
            self.gap = 0.0
            return {
                "users": len(self.users),
                "requests": self.requests,
                "answers": self.answers,
                "failures": dict(self.failures),
                "found_after": self.found_after,
                "closed_idle": self.closed_idle,
                "gap": gap,
                "slowest": self.slowest,
            }


class Connection:
    """One connection, opened again when it was closed."""

    def __init__(self, order: dict[str, Any], figures: Figures) -> None:
        """Connect on first use."""
        self.figures = figures
        context = ssl.create_default_context(cafile=order["ca"])
        self.link = http.client.HTTPSConnection(order["host"], timeout=60, context=context)
        self.headers = {
            "Authorization": f"Bearer {order['token']}",
            "Content-Type": "application/scim+json",
        }

    def send(self, method: str, path: str, body: Any = None) -> Answer:
        """Return the answer that settles a request; repeat it until there is one."""
        started, pause = time.monotonic(), 0.25
        while time.monotonic() - started < PATIENCE:
            status, found = self._try(method, path, body)
            if 0 < status < 500 and status != 429:
                self.figures.answered(started)
                return status, found
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        raise SystemExit(f"{method} {path} was not answered within {PATIENCE} s.")

    def _try(self, method: str, path: str, body: Any) -> Answer:
        """Return status and body; 0 when none came."""
        self.figures.sent()
        data = None if body is None else json.dumps(body)
        try:
            answer, content = self._exchange(method, path, data)
        except (OSError, http.client.HTTPException) as error:
            self.link.close()
            self.figures.failed(type(error).__name__)
            return 0, {}
        if answer.status >= 500 or answer.status == 429:
            self.figures.failed(str(answer.status))
            return answer.status, {}
        return answer.status, json.loads(content) if content else {}

    def _exchange(self, method: str, path: str, data: str | None) -> tuple[Any, bytes]:
        """Return an answer and its body.

        A connection may be closed for being idle while the request is on its way: nobody has read
        it, and it goes by another one, as HTTP clients do (RFC 9112 section 9.3.1).
        """
        self._drop_closed()
        is_used = self.link.sock is not None
        self.link.request(method, f"/scim/v2{path}", data, self.headers)
        try:
            answer = self.link.getresponse()
        except http.client.RemoteDisconnected:
            if not is_used:
                raise
            self.figures.met_closed()
            self.link.close()
            self.link.request(method, f"/scim/v2{path}", data, self.headers)
            answer = self.link.getresponse()
        return answer, answer.read()

    def _drop_closed(self) -> None:
        """Let go of a connection that the server has closed meanwhile, as HTTP clients do."""
        if self.link.sock and select.select([self.link.sock], [], [], 0)[0]:
            self.link.close()


class Pusher(threading.Thread):
    """Pushes one team after the other: its people, then the group and its members."""

    def __init__(
        self, order: dict[str, Any], teams: "queue.Queue[int]", stop: threading.Event, all_: Figures
    ) -> None:
        """Take teams from the queue."""
        super().__init__(daemon=True)
        self.order, self.teams, self.stop, self.figures = order, teams, stop, all_
        self.connection = Connection(order, all_)
        self.error: BaseException | None = None

    def run(self) -> None:
        """Push until there is nothing left, or it is enough."""
        try:
            while not self.stop.is_set():
                self._push_team(self.teams.get_nowait())
        except queue.Empty:
            pass
        except BaseException as error:  # noqa: BLE001 - told by the parent
            self.error = error
            self.stop.set()

    def _push_team(self, number: int) -> None:
        prefix = self.order["prefix"]
        first, last = number * BATCH, min((number + 1) * BATCH, self.order["users"])
        members = [self._push_user(f"{prefix}{n}@ex.org", n) for n in range(first, last)]
        name = f"{prefix} team {number}"
        body = {"schemas": [GROUP], "displayName": name}
        found = self._link("/Groups", f'displayName eq "{name}"', body)
        group = {"id": found["id"], "members": []}
        self.figures.groups[name] = group
        for start in range(0, len(members), BATCH // 2):
            joined = members[start : start + BATCH // 2]
            value = [{"value": member} for member in joined]
            operation = {"op": "add", "path": "members", "value": value}
            self._change(f"/Groups/{group['id']}", operation)
            group["members"] += joined

    def _push_user(self, name: str, number: int) -> str:
        """Return the id of a user who is there now; every fourth gets another name."""
        body = {
            "schemas": [USER],
            "userName": name,
            "externalId": name,
            "displayName": f"Zoë {number}",
            "name": {"givenName": "Zoë", "familyName": str(number)},
            "emails": [{"value": name, "type": "work", "primary": True}],
            "active": True,
        }
        found = self._link("/Users", f'userName eq "{name}"', body)
        person = self.figures.users[name] = {"id": found["id"], "shown": f"Zoë {number}"}
        if number % 4 == 0:
            value = f"Zoë {number} Ruiz"
            self._change(
                f"/Users/{person['id']}",
                {"op": "replace", "path": "displayName"} | {"value": value},
            )
            person["shown"] = value
        return person["id"]

    def _link(self, endpoint: str, filter_: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the resource that a filter finds, else a new one."""
        if found := self._find(endpoint, filter_):
            return found
        status, made = self.connection.send("POST", endpoint, body)
        if status == 409:
            # The answer to an earlier attempt was lost, not its work.
            self.figures.found_after += 1
            made = self._find(endpoint, filter_) or {}
        elif status != 201:
            raise SystemExit(f"POST {endpoint} was answered {status}: {made}")
        return made

    def _find(self, endpoint: str, filter_: str) -> dict[str, Any] | None:
        status, found = self.connection.send("GET", f"{endpoint}?filter={quote(filter_)}")
        if status != 200:
            raise SystemExit(f"GET {endpoint} was answered {status}: {found}")
        rows = found.get("Resources") or []
        return rows[0] if rows else None

    def _change(self, path: str, operation: dict[str, Any]) -> None:
        status, found = self.connection.send("PATCH", path, patch_body(operation))
        if status not in (200, 204):
            raise SystemExit(f"PATCH {path} was answered {status}: {found}")


def main() -> None:
    """Push what is ordered."""
    order = json.loads(sys.stdin.readline())
    stop, figures = threading.Event(), Figures()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    teams: queue.Queue[int] = queue.Queue()
    for number in range(-(-order["users"] // BATCH)):
        teams.put(number)
    pushers = [Pusher(order, teams, stop, figures) for _number in range(order["connections"])]
    for pusher in pushers:
        pusher.start()
    while any(pusher.is_alive() for pusher in pushers):
        time.sleep(TELL_SECONDS)
        print(json.dumps(figures.tell()), flush=True)
    journal = {"users": figures.users, "groups": figures.groups}
    Path(order["journal"]).write_text(json.dumps(journal))
    print(json.dumps(figures.tell()), flush=True)
    errors = [str(pusher.error) for pusher in pushers if pusher.error]
    raise SystemExit("\n".join(errors) or 0)


if __name__ == "__main__":
    main()
