"""What is measured: the requests of each operation, as identity providers send them.

A text may hold ``{id}`` and other fields of the pool, ``{serial}``, a number that is new each time,
and ``{flag}``, a boolean that is another one the next time the same user is met: every write
changes something.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from bench.request_log import Client
from bench.scim import proofs
from bench.scim.proofs import Fields, Proof
from bench.scim.target import Target
from mdm_portal.simulator.client import quoted
from mdm_portal.simulator.entra import new_user
from mdm_portal.simulator.people import Person
from mdm_portal.simulator.resources import patch_body

Pool = list[Fields]
FIELD = re.compile(r"\{(serial|flag|id|find|head|tail|page|group|user)\}")
RUN = f"{time.time_ns():x}"
PUT_POOL = 300


@dataclass(frozen=True, slots=True)
class Step:
    """One request."""

    method: str
    path: str
    body: Any = None
    timed: bool = True
    """Whether its time counts: what only undoes a step does not."""

    @property
    def statuses(self) -> list[str]:
        """Return the answers that are right."""
        return {"POST": ["201"], "PATCH": ["200", "204"]}.get(self.method, ["200"])

    @property
    def text(self) -> str:
        """Return the body as text."""
        if self.body is None or isinstance(self.body, str):
            return self.body or ""
        return json.dumps(self.body).replace('"{flag}"', "{flag}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table."""

    name: str
    idp: str
    steps: Callable[[Target], list[Step]]
    pool: Callable[[Target], Pool]
    proof: Proof
    alone: bool = False
    """On one connection."""
    in_milliseconds: bool = False
    """Told as the time of one instead of how many a second."""


def template(text: str) -> str:
    """Return a text to be filled in with the % operator."""
    return FIELD.sub(r"%(\1)s", text.replace("%", "%%"))


def filled(text: str, fields: Fields) -> str:
    """Return a text with the fields in it."""
    return template(text) % fields


def _finds(target: Target) -> Pool:
    """Return look-ups of people."""
    names = [name for _id, name in target.people]
    return [{"user": name, "find": quote(f"userName eq {quoted(name)}")} for name in names]


def _third(part: int) -> Callable[[Target], Pool]:
    """Return people whom no other operation writes to."""
    return lambda target: [{"id": key} for key, _name in target.people[part::3]]


def _put_pool(target: Target) -> Pool:
    """Return people with what the service says of them: it is sent back, edited (O-10)."""
    client = Client(target.url, target.token("okta"))
    people = target.people[2::3][:PUT_POOL]
    return [_echo(client.send("GET", f"/Users/{key}")) for key, _name in people]


def _echo(read: dict[str, Any]) -> dict[str, str]:
    """Return a user's body, cut in two where the family name is."""
    read["name"] = {**read["name"], "familyName": "Ruiz{serial}"}
    head, tail = json.dumps(read).split("{serial}")
    return {"id": read["id"], "head": head, "tail": tail}


def _pages(target: Target) -> Pool:
    """Return the place asked for, or some pages around the middle."""
    if target.place:
        return [{"page": target.place}]
    middle = target.users // 2 + 1
    starts = range(middle, max(min(middle + 1000, target.users - 98), middle + 1), 100)
    return [{"page": f"startIndex={start}&count=100"} for start in starts]


def _member_pool(target: Target) -> Pool:
    """Return people who join the group."""
    return [{"group": target.group, "id": key} for key in target.outsiders]


def _join(timed: bool) -> Step:
    """Return how Entra ID adds a member (E-19)."""
    value = [{"$ref": None, "value": "{id}"}]
    operation = {"op": "Add", "path": "members", "value": value}
    return Step("PATCH", "/Groups/{group}", patch_body(operation), timed)


def _leave(target: Target, timed: bool) -> Step:
    """Return how Entra ID removes a member, in the dialect that the service knows (E-20)."""
    operation: dict[str, Any] = {"op": "remove", "path": 'members[value eq "{id}"]'}
    if not target.removes_by_filter:
        value = [{"$ref": None, "value": "{id}"}]
        operation = {"op": "Remove", "path": "members", "value": value}
    return Step("PATCH", "/Groups/{group}", patch_body(operation), timed)


def _one(*arguments: Any) -> Callable[[Target], list[Step]]:
    """Return an operation of one request."""
    return lambda _target: [Step(*arguments)]


def _new() -> dict[str, Any]:
    """Return somebody new, as Entra ID sends them (E-5)."""
    name = f"new{RUN}-{{serial}}@ex.org"
    return new_user(Person(0, name, f"ext{RUN}-{{serial}}", "Ana", "Ruiz", name, "Sales"))


def _create(_target: Target) -> list[Step]:
    """Return a look-up that finds nobody, and the creation."""
    find = quote(f'userName eq "{_new()["userName"]}"', safe="{}")
    return [Step("GET", f"/Users?filter={find}"), Step("POST", "/Users", _new())]


ACTIVE = {"op": "replace", "value": {"active": "{flag}"}}
NAMES = [
    {"op": "Replace", "path": "name.givenName", "value": "Ana{serial}"},
    {"op": "Replace", "path": "name.familyName", "value": "Ruiz{serial}"},
]
FIND = "/Users?filter={find}&startIndex=1&count=100"

ADDITION = Operation(
    "group: add one member",
    "entra",
    lambda target: [_join(True), _leave(target, False)],
    _member_pool,
    proofs.is_of_group,
    alone=True,
    in_milliseconds=True,
)
OPERATIONS = (
    Operation("look-up by userName", "okta", _one("GET", FIND), _finds, proofs.finds_one),
    Operation("read by id", "okta", _one("GET", "/Users/{id}"), _third(0), proofs.shows_id),
    Operation(
        "PATCH active (Okta)",
        "okta",
        _one("PATCH", "/Users/{id}", patch_body(ACTIVE)),
        _third(0),
        proofs.shows_flag,
    ),
    Operation(
        "PATCH (Entra)",
        "entra",
        _one("PATCH", "/Users/{id}", patch_body(*NAMES)),
        _third(1),
        proofs.shows_names,
    ),
    Operation(
        "PUT",
        "okta",
        _one("PUT", "/Users/{id}", "{head}{serial}{tail}"),
        _put_pool,
        proofs.shows_names,
    ),
    Operation("create", "entra", _create, lambda _target: [{}], proofs.is_new),
    Operation(
        "list of 100", "okta", _one("GET", "/Users?{page}"), _pages, proofs.is_page, alone=True
    ),
    ADDITION,
    Operation(
        "group: read without members",
        "entra",
        _one("GET", "/Groups/{group}?excludedAttributes=members"),
        _member_pool,
        proofs.is_of_group,
        alone=True,
        in_milliseconds=True,
    ),
)
REMOVAL = replace(
    ADDITION,
    name="group: remove one member",
    steps=lambda target: [_join(False), _leave(target, True)],
)
