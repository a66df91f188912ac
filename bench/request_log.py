"""What the request log costs: each operation with it and without it, in turn, as ratios.

    .venv/bin/python -m bench.request_log [--rounds N] [--requests N]

Starts its own servers and throws their data away.
"""

import argparse
import http.client
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from bench.servers import command, portal, served

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Client:
    """One connection to one server."""

    def __init__(self, url: str, secret: str) -> None:
        """Connect to a target SCIM URL."""
        parts = urlsplit(url)
        self.root = parts.path
        self.connection = http.client.HTTPConnection(parts.netloc)
        self.headers = {
            "Authorization": f"Bearer {secret}",
            "Content-Type": "application/scim+json",
        }

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Return the answer's JSON; fail on an error."""
        data = None if body is None else json.dumps(body)
        self.connection.request(method, self.root + path, data, self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path} was answered {answer.status}: {content[:500]!r}")
        return json.loads(content) if content else None


def user(name: str) -> dict[str, Any]:
    """Return a user as an identity provider sends it."""
    return {
        "userName": name,
        "externalId": name,
        "displayName": "Ana Ruiz",
        "name": {"givenName": "Ana", "familyName": "Ruiz"},
        "emails": [{"value": name, "type": "work", "primary": True}],
        "title": "Dr.",
    }


def operations(client: Client, prefix: str) -> dict[str, Callable[[int], Any]]:
    """Return what is measured; each takes a number that is new."""
    ids = [client.send("POST", "/Users", user(f"{prefix}{n}@ex.org"))["id"] for n in range(100)]
    find = quote(f'userName eq "{prefix}7@ex.org"')

    def patch(number: int) -> Any:
        value = {"op": "replace", "path": "active", "value": bool(number % 2)}
        body = {"schemas": [PATCH_OP], "Operations": [value]}
        return client.send("PATCH", f"/Users/{ids[number % 100]}", body)

    return {
        "look-up by userName": lambda _n: client.send("GET", f"/Users?filter={find}"),
        "read by id": lambda n: client.send("GET", f"/Users/{ids[n % 100]}"),
        "PATCH active": patch,
        "create": lambda n: client.send("POST", "/Users", user(f"{prefix}-{n}@ex.org")),
        "list of 100": lambda _n: client.send("GET", "/Users?count=100"),
    }


def seconds(work: Callable[[int], Any], first: int, count: int) -> float:
    """Return how long ``count`` requests take, with the time to write the log of them."""
    started = time.perf_counter()
    for number in range(first, first + count):
        work(number)
    return time.perf_counter() - started


def main() -> None:
    """Measure in turn and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, portal(Path(data)) as environment:
        printed = command(
            "scim_token", "generate", "--json", "--idp", "okta", environment=environment
        )
        secret = json.loads(printed)["token"]
        with (
            served("mdm_portal.wsgi:application", environment) as logged,
            served("bench.unlogged:application", environment) as plain,
        ):
            compare(Client(logged, secret), Client(plain, secret), options)


def compare(logged: Client, plain: Client, options: argparse.Namespace) -> None:
    """Print the cost of each operation."""
    sides = {"logged": operations(logged, "a"), "plain": operations(plain, "b")}
    print(f"{'operation':22} {'with log':>10} {'without':>10} {'ratio':>7}")
    for name in sides["logged"]:
        times: dict[str, list[float]] = {"logged": [], "plain": []}
        for turn in range(options.rounds):
            for side, work in sides.items():
                first = turn * options.requests
                times[side].append(seconds(work[name], first, options.requests))
        with_log, without = (
            statistics.median(times[side]) / options.requests * 1000 for side in times
        )
        ratios = [a / b for a, b in zip(times["logged"], times["plain"], strict=True)]
        ratio = statistics.median(ratios)
        print(f"{name:22} {with_log:7.2f} ms {without:7.2f} ms {ratio:7.3f}")


if __name__ == "__main__":
    main()
