"""Plays a conversation against our service and against scim2-server, and tells where they differ.

Both sides get each request with their own captured values. What a write leaves behind is compared
too. After a difference the reference is given our resources, so that none causes the next.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scim_provisioning.scim import urns
from tests.conversations.runner import filled, pointed
from tests.scim.client import ROOT, ScimClient
from tests.scim.reference_server import ReferenceServer

Document = dict[str, Any]
RFC = Path(__file__).parent / "rfc"
"""Requests over all of RFC 7644, written as a conversation's steps are, without ``expect``."""
PEOPLE = RFC / "people.json"
READS = ("GET", "HEAD")
NOTED_HEADERS = ("Allow", "ETag", "WWW-Authenticate")
MOST = 3
"""A difference names so many unequal values at most."""
LISTS = ("/Users?count=200", "/Groups?count=200")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}")
_URN = re.compile(r"urn:ietf:params:scim:schemas:(?:extension:)?(\w+):2\.0:(\w+)")


@dataclass(frozen=True)
class Answer:
    """What one side said."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, order=True)
class Difference:
    """A step to which the two sides answer differently, or after which they hold different data."""

    where: str
    step: str
    ours: str
    theirs: str


class Side:
    """One service, what was captured from its answers, and what it holds."""

    def __init__(self, base: str, token: str) -> None:
        self.variables: Document = {"base": base, "token": token}
        self.resources: list[Document] = []

    def exchange(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Answer:
        """Return the answer to one request."""
        raise NotImplementedError

    def send(self, send: Document) -> Answer:
        """Return the answer to a step's request."""
        send = filled(send, self.variables)
        headers = {
            "Authorization": f"Bearer {self.variables['token']}",
            "Content-Type": "application/scim+json",
            **send.get("headers", {}),
        }
        path = quote(send["path"], safe="/?&=%:,$()[]'*+-")
        body = send.get("body")
        return self.exchange(
            send["method"],
            path,
            b"" if body is None else json.dumps(body).encode(),
            {name: value for name, value in headers.items() if value is not None},
        )

    def look(self) -> None:
        """Read everything it holds."""
        self.resources = [
            resource
            for path in LISTS
            for resource in self.send({"method": "GET", "path": path}).body["Resources"]
        ]


class Ours(Side):
    """Our service, inside Django's test client."""

    def __init__(self, client: ScimClient) -> None:
        super().__init__(client.base, client.secret)
        self._client = client._client

    def exchange(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Answer:
        """Return the answer to one request."""
        content_type = headers.pop("Content-Type", "")
        answer = self._client.generic(
            method, ROOT + path, content, content_type=content_type, headers=headers
        )
        return _answer(answer.status_code, answer.headers.items(), answer.content)


class Theirs(Side):
    """scim2-server."""

    def __init__(self, client: ScimClient) -> None:
        super().__init__(client.base, client.secret)
        self.server = ReferenceServer(client)

    def exchange(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Answer:
        """Return the answer to one request."""
        answer = self.server.request(method, path, content, headers)
        return _answer(answer.status_code, answer.headers.items(), answer.content)


def _answer(status: int, headers: Any, content: bytes) -> Answer:
    """Return an answer with its headers in lower case and its body parsed."""
    return Answer(
        status,
        {name.lower(): value for name, value in headers},
        json.loads(content) if content else None,
    )


def rfc_files() -> list[str]:
    """Return the names of the files of requests, as ``rfc/file``."""
    return [f"rfc/{file.stem}" for file in sorted(RFC.glob("*.json")) if file != PEOPLE]


def rfc_steps(name: str) -> list[Document]:
    """Return the steps of a file of requests, after those that make its people and groups."""
    files = (PEOPLE, RFC.parent / f"{name}.json")
    return [step for file in files for step in json.loads(file.read_text("utf-8"))["steps"]]


def play(where: str, steps: list[Document], client: ScimClient) -> list[Difference]:
    """Return where the two sides differ over all steps."""
    ours, theirs = Ours(client), Theirs(client)
    return [
        Difference(where, name, *cells)
        for name, step in _named(steps)
        if (cells := _compare(step, ours, theirs))
    ]


def play_everywhere(client: ScimClient) -> list[Difference]:
    """Return what differs in every answer of a kind, which the comparison therefore leaves out."""
    body = {"schemas": [urns.USER], "userName": "somebody", "active": True}
    operation = {"op": "replace", "path": "displayName", "value": "Somebody"}
    patch = {"schemas": [urns.PATCH_OP], "Operations": [operation]}
    rows: dict[str, list[str]] = {"the answer with a resource": [], "PATCH": []}
    for side in (Ours(client), Theirs(client)):
        created = side.send({"method": "POST", "path": "/Users", "body": body})
        shown = "with" if "content-location" in created.headers else "without"
        rows["the answer with a resource"].append(f"{shown} Content-Location")
        path = f"/Users/{created.body['id']}"
        patched = side.send({"method": "PATCH", "path": path, "body": patch})
        rows["PATCH"].append(str(patched.status))
    differing = {name: answers for name, answers in rows.items() if len(set(answers)) > 1}
    return [Difference("everywhere", name, *answers) for name, answers in differing.items()]


def _named(steps: list[Document]) -> Iterator[tuple[str, Document]]:
    """Yield the steps by name; one that had the name before is numbered."""
    seen: dict[str, int] = {}
    for step in steps:
        name = step["name"]
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), step


def _compare(step: Document, ours: Ours, theirs: Theirs) -> tuple[str, str] | None:
    """Send one step to both sides; return what each said where that differs."""
    answers = _answers(step, ours, theirs)
    noted = [_noted(answer) for answer in answers]
    is_write = _is_write(step["send"])
    if is_write:
        for side, note in zip((ours, theirs), noted, strict=True):
            before = _versions(side.resources)
            side.look()
            note.update(_after(before, side.resources))
        _drop_unequal_bodies(noted)
    if noted[0] == noted[1]:
        return None
    names = _names([*ours.resources, *theirs.resources])
    if is_write:
        theirs.server.hold(ours.resources)
        theirs.look()
    return _cells(noted, names)


def _answers(step: Document, ours: Ours, theirs: Theirs) -> list[Answer]:
    """Return both answers to a step; what ours creates gets the same id on the other side."""
    answer = ours.send(step["send"])
    theirs.server.storage.next_id = answer.body["id"] if answer.status == 201 else None
    answers = [answer, theirs.send(step["send"])]
    _keep(step, ours, theirs, answers)
    return answers


def _keep(step: Document, ours: Side, theirs: Side, answers: list[Answer]) -> None:
    """Capture what the step keeps, each side for itself; where the other has none, ours."""
    for name, pointer in step.get("keep", {}).items():
        ours.variables[name] = pointed(answers[0].body, pointer)
        try:
            theirs.variables[name] = pointed(answers[1].body, pointer)
        except (KeyError, IndexError, TypeError):
            theirs.variables[name] = ours.variables[name]


def _is_write(send: Document) -> bool:
    return send["method"] not in READS and not send["path"].split("?")[0].endswith(".search")


def _noted(answer: Answer) -> Document:
    """Return what counts of an answer: status, scimType, some headers, the normalised body."""
    noted: Document = {"status": answer.status}
    if isinstance(answer.body, dict) and answer.body.get("scimType"):
        noted["scimType"] = answer.body["scimType"]
    for name in NOTED_HEADERS:
        if name.lower() in answer.headers:
            noted[f"{name} header"] = True
    if answer.status == 201:
        noted["Location header"] = "location" in answer.headers
    if answer.body is not None:
        noted["media type"] = answer.headers["content-type"]
    if answer.status < 300 and answer.body is not None:
        noted["body"] = _normalised(answer.body)
    return noted


def _normalised(value: Any) -> Any:
    """Return a body without what must differ between two services."""
    if isinstance(value, list):
        return [_normalised(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {
        name: _normalised(item) for name, item in value.items() if name not in ("meta", "$ref")
    }
    if "meta" in value:
        found["meta"] = sorted(value["meta"])
    if "userName" in found or "id" in found:
        found.pop("groups", None)
    if "members" in found and isinstance(found["members"], list):
        for member in found["members"]:
            member.pop("type", None)
            member.pop("display", None)
    for name in ("schemas", "members", "emails"):
        if isinstance(found.get(name), list):
            found[name] = sorted(found[name], key=lambda item: json.dumps(item, sort_keys=True))
    return {name: item for name, item in found.items() if item not in (None, [], {})}


def _versions(resources: list[Document]) -> dict[str, str]:
    return {resource["id"]: resource["meta"]["version"] for resource in resources}


def _after(before: dict[str, str], resources: list[Document]) -> Document:
    """Return what a write left behind, and whose version it moved."""
    return {
        "stored": {resource["id"]: _normalised(resource) for resource in resources},
        "moved": sorted(
            identity
            for identity, version in _versions(resources).items()
            if before.get(identity, version) != version
        ),
    }


def _drop_unequal_bodies(noted: list[Document]) -> None:
    """Forget the body that one side answers to a write where the other answers 204."""
    if {note["status"] for note in noted} == {200, 204}:
        for note in noted:
            note["status"] = "success"
            note.pop("body", None)
            note.pop("ETag header", None)
            note.pop("media type", None)


def _names(resources: list[Document]) -> dict[str, str]:
    """Return a readable name for each id."""
    return {
        resource["id"]: resource.get("userName") or resource.get("displayName")
        for resource in resources
    }


def _cells(noted: list[Document], names: dict[str, str]) -> tuple[str, str]:
    """Return both answers in a few words: status and scimType, else what else differs."""
    heads = [
        " ".join(str(note[key]) for key in ("status", "scimType") if key in note) for note in noted
    ]
    if heads[0] != heads[1]:
        return heads[0], heads[1]
    leaves = [_found(note, names) for note in noted]
    if leaves[0] == leaves[1]:
        leaves = [dict(_flat(note, "")) for note in noted]
    unequal = [
        path
        for path in sorted(leaves[0].keys() | leaves[1].keys())
        if leaves[0].get(path) != leaves[1].get(path)
    ]
    more = f" and {len(unequal) - MOST} more" if len(unequal) > MOST else ""
    ours, theirs = (
        _readable(
            f"{head}: "
            + ", ".join(f"{path} {side.get(path, 'absent')}" for path in unequal[:MOST])
            + more,
            names,
        )
        for head, side in zip(heads, leaves, strict=True)
    )
    return ours, theirs


def _found(note: Document, names: dict[str, str]) -> dict[str, str]:
    """Return which resources a list found."""
    resources = (note.get("body") or {}).get("Resources", [])
    found = [names.get(item.get("id", ""), "") for item in resources]
    return {"finds": ", ".join(found) or "nothing"}


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the leaves of a value by their path; a list of texts is one leaf."""
    if isinstance(value, dict) and value:
        for name, item in value.items():
            inner = name if path in ("", "body") else f"{path}.{name}"
            yield from _flat(item, inner)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, item in enumerate(value):
            yield from _flat(item, f"{path}[{number}]")
    elif isinstance(value, list):
        yield path, " + ".join(map(str, value)) or "nobody's"
    else:
        yield path, json.dumps(value, ensure_ascii=False)


def _readable(text: str, names: dict[str, str]) -> str:
    """Return a text with names in place of ids and of URNs."""
    text = _UUID.sub(lambda found: f"<{names.get(found[0], 'an id')}>", text)
    return _URN.sub(r"\1 \2", text)
