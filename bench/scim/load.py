"""One operation on one service for some seconds, by a process of its own."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench.request_log import Client
from bench.scim.operations import Operation, Pool, Step, filled, template
from bench.scim.proofs import Fields
from bench.scim.target import Target
from mdm_portal.runtime import BASE

CLIENT = (sys.executable, "-m", "bench.scim.client")
Key = tuple[str, str]
Part = tuple[Operation, int]
"""An operation of a mix, and how often it comes in a lap."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one measurement found; times in milliseconds."""

    done: int
    seconds: float
    cpu: float
    median: float
    p99: float
    median_sent: float
    """From when it was sent, not from when it was due; the same without a rate."""
    p99_sent: float

    @property
    def rate(self) -> float:
        """Return how many operations a second."""
        return self.done / self.seconds

    @property
    def client_share(self) -> float:
        """Return which part of the time the client had a core busy."""
        return self.cpu / self.seconds


@dataclass(slots=True)
class Generator:
    """Measures, and remembers how far each operation has come: no write is sent twice."""

    connections: int
    serials: Counter[Key] = field(default_factory=Counter)
    pools: dict[Key, Pool] = field(default_factory=dict)

    def measure(self, operation: Operation, target: Target, seconds: float) -> Figures:
        """Return the figures of an operation; end when an answer is wrong."""
        connections = 1 if operation.alone else self.connections
        return self._measured([(operation, 1)], target, seconds, connections, 0.0)[0]

    def measure_mix(
        self, mix: Sequence[Part], target: Target, seconds: float, rate: float = 0.0
    ) -> list[Figures]:
        """Return the figures of operations of which each has its share, then those of all."""
        return self._measured(mix, target, seconds, self.connections, rate)

    def _measured(
        self, mix: Sequence[Part], target: Target, seconds: float, connections: int, rate: float
    ) -> list[Figures]:
        """Have the client carry out an order."""
        keys = [(operation.name, target.name) for operation, _weight in mix]
        order = {
            **_where(target),
            "connections": connections,
            "seconds": seconds,
            "rate": rate,
            "operations": [
                {
                    "weight": weight,
                    "first": self.serials[key],
                    "pool": self._pool(operation, target),
                    "steps": described_steps(operation, target),
                }
                for (operation, weight), key in zip(mix, keys, strict=True)
            ],
        }
        found = _run(order, f"{', '.join(name for name, _service in keys)}, {target.name}")
        for key, number in zip(keys, found["next"], strict=True):
            self.serials[key] = number
        whole = {"seconds": found["seconds"], "cpu": found["cpu"]}
        return [Figures(**one, **whole) for one in (*found["operations"], found["all"])]

    def prove(self, operation: Operation, target: Target) -> None:
        """End unless the service answers an operation right."""
        key = (operation.name, target.name)
        serial = {"serial": str(self.serials[key]), "flag": "false"}
        fields = self._pool(operation, target)[0] | serial
        client = Client(target.url, target.token(operation.idp))
        answers = [_sent(step, fields, client) for step in operation.steps(target)]
        if not operation.proof(answers, fields):
            raise SystemExit(f"{operation.name}, {target.name}: wrong answers {answers}")
        self.serials[key] += 1

    def _pool(self, operation: Operation, target: Target) -> Pool:
        """Return whom an operation is about."""
        key = (operation.name, target.name)
        if key not in self.pools:
            self.pools[key] = operation.pool(target)
        return self.pools[key]


def _sent(step: Step, fields: Fields, client: Client) -> Any:
    """Return the answer to a request."""
    text = filled(step.text, fields)
    return client.send(step.method, filled(step.path, fields), json.loads(text) if text else None)


def _run(order: dict[str, Any], what: str) -> dict[str, Any]:
    """Return what the client measured."""
    done = subprocess.run(
        CLIENT, input=json.dumps(order), capture_output=True, text=True, check=False, cwd=BASE
    )
    if done.returncode:
        raise SystemExit(f"{what} failed.\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _where(target: Target) -> dict[str, Any]:
    """Return the address that the client connects to."""
    parts = urlsplit(target.url)
    if parts.scheme != "http":
        raise SystemExit(f"{target.url}: services are measured over plain HTTP only.")
    return {"host": parts.hostname, "port": parts.port or 80}


def described_steps(operation: Operation, target: Target) -> list[dict[str, Any]]:
    """Return the requests of an operation as a client fills them in."""
    return [_described(step, target, operation.idp) for step in operation.steps(target)]


def _described(step: Step, target: Target, idp: str) -> dict[str, Any]:
    """Return a request as the client fills it in."""
    parts = urlsplit(target.url)
    lines = [
        f"{step.method} {parts.path}{step.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Authorization: Bearer {target.token(idp)}",
        "Accept: application/scim+json",
        "Content-Type: application/scim+json; charset=utf-8",
        "User-Agent: bench",
        "",
    ]
    head, body = template("\r\n".join(lines)), template(step.text)
    return {"head": head, "body": body, "statuses": step.statuses, "timed": step.timed}
