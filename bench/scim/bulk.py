"""Users through ``/Bulk``: how many a second, and whether the workers' memory grows."""

import itertools
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from bench.request_log import Client
from bench.scim.databases import connect
from bench.scim.machine import machine
from bench.scim.memory import memory_of_workers
from bench.scim.operations import RUN
from bench.scim.ours import Site, site
from bench.scim.people import newcomer
from bench.scim.report import described
from bench.servers import command
from mdm_portal.management.tables import table

REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
LARGEST_USER = 1_500
"""More bytes than an operation takes."""
LOOK_SECONDS = 5.0
ADMINISTRATOR = "inviter"
INVITED = "SELECT count(*) FROM invitations_invitation"


@dataclass(slots=True)
class Import:
    """Some connections that push users, a request of as many as is allowed at a time."""

    home: Site
    users: int
    portion: int
    starts: "itertools.count[int]" = field(default_factory=itertools.count)
    done: int = 0
    errors: list[BaseException] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def push(self) -> None:
        """Push portions until all users are there, or something went wrong."""
        client = Client(self.home.url, self.home.tokens["entra"])
        try:
            while not self.errors and self._push_portion(client):
                pass
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self.errors.append(error)

    def _push_portion(self, client: Client) -> bool:
        """Push the next portion; tell whether there was one."""
        first = next(self.starts) * self.portion
        numbers = range(first, min(first + self.portion, self.users))
        if not numbers:
            return False
        operations = [_operation(number) for number in numbers]
        answer = client.send("POST", "/Bulk", {"schemas": [REQUEST], "Operations": operations})
        wrong = [one for one in answer["Operations"] if one["status"] != "201"]
        if wrong or len(answer["Operations"]) != len(numbers):
            raise SystemExit(f"Bulk was answered {json.dumps(wrong[:1])}")
        with self.lock:
            self.done += len(numbers)
        return True


def measure(users: int, connections: int, *, invites: bool) -> tuple[dict[str, Any], str]:
    """Return what a bulk import of so many users did, as JSON and as text."""
    with site() as home:
        if invites:
            _invite(home)
        limits = Client(home.url, home.tokens["entra"]).send("GET", "/ServiceProviderConfig")
        portion = min(limits["bulk"]["maxOperations"], _room(limits["bulk"]["maxPayloadSize"]))
        looks = _watched(Import(home, users, portion), connections)
        with connect(home.database) as ours:
            invited = ours.execute(INVITED).fetchone()
        found_on = machine(home.database)
    data = {
        "machine": found_on,
        "operations_a_request": portion,
        "invited": invited[0] if invited else 0,
        "looks": looks,
    }
    return data, _text(data)


def _invite(home: Site) -> None:
    """Switch automatic invitations on, as an administrator's script does."""
    known = {"environment": home.environment}
    command("create_admin", "--username", ADMINISTRATOR, "--json", **known)
    words = ("api_token", "create", "--username", ADMINISTRATOR, "--name", "bench", "--json")
    client = Client(urljoin(home.url, "/api/v1"), json.loads(command(*words, **known))["token"])
    client.headers["Content-Type"] = "application/json"
    client.send("PATCH", "/settings/entra/", {"auto_invite": True})


def _watched(push: Import, connections: int) -> list[dict[str, Any]]:
    """Return how far the import was at some moments, and what the workers' memory was then."""
    threads = [threading.Thread(target=push.push) for _number in range(connections)]
    started = time.monotonic()
    looks = [_look(push, started)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        _wait(threads)
        looks.append(_look(push, started))
    if push.errors:
        raise push.errors[0]
    return looks


def _wait(threads: list[threading.Thread]) -> None:
    """Return after a while, or when all have ended."""
    end = time.monotonic() + LOOK_SECONDS
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))


def _look(push: Import, started: float) -> dict[str, Any]:
    """Return how far the import is."""
    memory = memory_of_workers(push.home.process)
    return {"seconds": time.monotonic() - started, "users": push.done, "megabytes": memory}


def _operation(number: int) -> dict[str, Any]:
    """Return the creation of a user."""
    data = newcomer(number, RUN)
    return {"method": "POST", "path": "/Users", "bulkId": str(number), "data": data}


def _room(payload: int) -> int:
    """Return how many users fit into a request of so many bytes."""
    return int(payload) // LARGEST_USER


def _text(data: dict[str, Any]) -> str:
    """Return a row for each look."""
    looks = data["looks"]
    rows = [_row(before, after) for before, after in itertools.pairwise([looks[0], *looks])]
    seconds, users = looks[-1]["seconds"], looks[-1]["users"]
    title = f"{users:,} users by {data['operations_a_request']:,} a request"
    title += f": {users / seconds:,.0f} a second, {data['invited']:,} invitations"
    heads = ("seconds", "users", "users/s", "MB of each worker")
    return f"{table(title, heads, rows)}\n\n{described(data['machine'])}"


def _row(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the cells of a look, with the pace since the one before."""
    seconds = after["seconds"] - before["seconds"]
    pace = (after["users"] - before["users"]) / seconds if seconds else 0
    memory = " ".join(f"{size:.0f}" for size in after["megabytes"])
    return [f"{after['seconds']:.0f}", f"{after['users']:,}", f"{pace:,.0f}", memory]
