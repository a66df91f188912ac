"""Where the time of each operation goes: Python by room, PostgreSQL by statement."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from bench.scim.load import described_steps
from bench.scim.machine import machine
from bench.scim.operations import Operation
from bench.scim.ours import site
from bench.scim.report import described
from mdm_portal.runtime import BASE

PROFILED = (sys.executable, "-m", "bench.scim.profiled")


def measure(users: int, operations: Sequence[Operation]) -> tuple[dict[str, Any], str]:
    """Return the profile of each operation on so many users, as JSON and as text."""
    with site() as home:
        target = home.target(home.filled(users))
        orders = [
            {
                "name": operation.name,
                "first": 0,
                "pool": operation.pool(target),
                "steps": described_steps(operation, target),
            }
            for operation in operations
        ]
        found = _run(orders, home.environment)
        found_on = machine(home.database)
    return {"machine": found_on, "operations": found}, "\n".join(
        [*map(_text, found), described(found_on)]
    )


def _run(orders: list[dict[str, Any]], environment: dict[str, str]) -> list[dict[str, Any]]:
    """Return what a process of its own found."""
    done = subprocess.run(
        PROFILED,
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        check=False,
        cwd=BASE,
        env=environment,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    profiles: list[dict[str, Any]] = json.loads(done.stdout)
    return profiles


def _text(profile: dict[str, Any]) -> str:
    """Return a profile as text."""
    rooms = ", ".join(f"{room} {share:.0%}" for room, share in profile["rooms"].items())
    head = f"{profile['name']}: {profile['python_us']:.0f} us of Python ({rooms})"
    statements = [
        f"  {one['milliseconds']:.2f} ms, {one['buffers']} buffers, {one['wal_bytes']} WAL bytes: "
        f"{one['statement']}\n" + "\n".join(f"      {line}" for line in one["plan"])
        for one in profile["statements"]
    ]
    return "\n".join([head, *statements, ""])
