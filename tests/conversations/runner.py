"""Plays a conversation of an identity provider with the service, comparing whole answers.

A conversation is ``{name, idp, custom_attributes, steps: [{name, send, expect, keep}]}``. ``keep``
captures values of an answer by JSON pointer; ``${name}`` stands for them anywhere in what follows,
this step's ``expect`` included. An ``expect`` without a body means: the answer has no body.
"""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.scim.client import ScimClient

FOLDER = Path(__file__).parent
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_PLACEHOLDERS = {
    "<uuid>": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "<timestamp>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
    "<text>": r"(?s).*\S.*",
}


def conversations() -> list[str]:
    """Return the names of all conversations, as ``folder/file``."""
    files = sorted(FOLDER.glob("*/*.json"))
    return [str(file.relative_to(FOLDER).with_suffix("")) for file in files]


def load(name: str) -> dict[str, Any]:
    """Return a conversation by its name."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def play(conversation: dict[str, Any], client: ScimClient) -> None:
    """Send each step's request; fail at the first answer that is not the expected one."""
    variables: dict[str, Any] = {"base": client.base, "token": client.secret}
    for step in conversation["steps"]:
        send = filled(step["send"], variables)
        path = quote(send["path"], safe="/?&=%:,$()[]'*+-")
        answer = client.request(send["method"], path, send.get("body"), send.get("headers"))
        body = json.loads(answer.content) if answer.content else None
        for name, pointer in step.get("keep", {}).items():
            variables[name] = pointed(body, pointer)
        expect = filled(step["expect"], variables)
        seen: dict[str, Any] = {
            "status": answer.status_code,
            "headers": dict(answer.headers),
            "body": body,
        }
        wanted = {
            "status": expect["status"],
            "headers": {**seen["headers"], **known(expect.get("headers", {}), seen["headers"])},
            "body": known(expect.get("body"), body),
        }
        assert seen == wanted, f"{conversation['name']}: {step['name']}"


def filled(template: Any, variables: dict[str, Any]) -> Any:
    """Return the template with each ``${name}`` replaced by its value."""
    if isinstance(template, dict):
        return {filled(k, variables): filled(v, variables) for k, v in template.items()}
    if isinstance(template, list):
        return [filled(item, variables) for item in template]
    if not isinstance(template, str):
        return template
    if whole := _VARIABLE.fullmatch(template):
        return variables[whole[1]]
    return _VARIABLE.sub(lambda match: str(variables[match[1]]), template)


def known(expected: Any, seen: Any) -> Any:
    """Return what is expected, its placeholders replaced by what was seen where that fits."""
    if isinstance(expected, dict) and isinstance(seen, dict):
        return {name: known(value, seen.get(name)) for name, value in expected.items()}
    if isinstance(expected, list) and isinstance(seen, list):
        pairs = zip(expected, seen + [None] * len(expected), strict=False)
        return [known(item, other) for item, other in pairs]
    if expected == "<any>" and seen is not None:
        return seen
    pattern = _PLACEHOLDERS.get(expected) if isinstance(expected, str) else None
    return seen if pattern and isinstance(seen, str) and re.fullmatch(pattern, seen) else expected


def pointed(body: Any, pointer: str) -> Any:
    """Return the value that a JSON pointer (RFC 6901) leads to."""
    for part in pointer.strip("/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        body = body[int(name)] if isinstance(body, list) else body[name]
    return body
