"""Any other SCIM service: it is filled and read over SCIM alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.population import LARGE_GROUP
from bench.request_log import Client
from bench.scim.operations import RUN
from bench.scim.people import newcomer
from bench.scim.target import Target
from mdm_portal.simulator.resources import GROUP, patch_body

PAGE = 100
MEMBERS_AT_ONCE = 500
OUTSIDERS = 100
PEOPLE = 3_000


@dataclass(frozen=True, slots=True)
class Address:
    """A target SCIM URL and its token."""

    url: str
    token: str


def target(name: str, address: Address, users: int) -> Target:
    """Return the service once it holds so many users, and a group of some of them."""
    client = Client(address.url, address.token)
    held = int(client.send("GET", "/Users?startIndex=1&count=1")["totalResults"])
    made = [client.send("POST", "/Users", newcomer(number, RUN)) for number in range(held, users)]
    found = _found(client, max(held, users)) + made
    active = [user for user in found if user.get("active", True)]
    keys = list(dict.fromkeys(str(user["id"]) for user in found))
    outsiders = keys[: min(OUTSIDERS, len(keys) // 4)]
    group = _group(client, keys[len(outsiders) :][:LARGE_GROUP])
    people = [(str(user["id"]), str(user["userName"])) for user in active]
    tokens = {"okta": address.token, "entra": address.token}
    return Target(name, address.url, max(held, users), people[:PEOPLE], outsiders, group, tokens)


def _found(client: Client, users: int) -> list[dict[str, Any]]:
    """Return enough users for a group and some more, from the start of the list."""
    wanted = min(users, LARGE_GROUP + PEOPLE)
    pages = range(1, wanted + 1, PAGE)
    return [user for start in pages for user in _page(client, start)]


def _page(client: Client, start: int) -> list[dict[str, Any]]:
    """Return the users of a page."""
    answer = client.send("GET", f"/Users?startIndex={start}&count={PAGE}")
    return list(answer.get("Resources") or [])


def _group(client: Client, members: list[str]) -> str:
    """Return a new group of these members."""
    made = client.send("POST", "/Groups", {"schemas": [GROUP], "displayName": f"bench {RUN}"})
    for portion in _portions(members):
        value = [{"value": key} for key in portion]
        operation = {"op": "add", "path": "members", "value": value}
        client.send("PATCH", f"/Groups/{made['id']}", patch_body(operation))
    return str(made["id"])


def _portions(members: list[str]) -> Iterator[list[str]]:
    """Yield the members some at a time."""
    for start in range(0, len(members), MEMBERS_AT_ONCE):
        yield members[start : start + MEMBERS_AT_ONCE]
