"""The process that is profiled: a worker of ours, which answers prepared requests of its own.

Reads its orders as JSON from standard input and prints what it found as JSON.
"""

import cProfile
import json
import pstats
import re
import sys
import time
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import ClientCursor

from bench.scim.client import next_fields
from mdm_portal.runtime import BASE
from mdm_portal.wsgi import application

WARM_UP, TIMES, LAPS = 50, 300, 5
LONGEST_STATEMENT = 160
ROOM = re.compile(r"site-packages/([a-z_0-9]+)")
BUFFERS = re.compile(r"shared (.+)")
WAL = re.compile(r"WAL: .*?bytes=(\d+)")
UNEXPLAINED = ("SAVEPOINT", "RELEASE")
EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, WAL, TIMING OFF, SUMMARY ON) "


def main() -> None:
    """Profile each operation."""
    print(json.dumps([_profile(order) for order in json.load(sys.stdin)]))
    sys.stdout.flush()


def _profile(order: dict[str, Any]) -> dict[str, Any]:
    """Return where the time of an operation goes."""

    def operate() -> None:
        fields = next_fields(order)
        for step in order["steps"]:
            _send(step, fields)

    for _turn in range(WARM_UP):
        operate()
    best = min(_timed(operate) for _lap in range(LAPS))
    profiler = cProfile.Profile()
    profiler.enable()
    for _turn in range(TIMES):
        operate()
    profiler.disable()
    return {
        "name": order["name"],
        "python_us": best,
        "rooms": _rooms(pstats.Stats(profiler)),
        "statements": _statements(operate),
    }


def _timed(operate: Any) -> float:
    """Return the microseconds of processor time of one operation."""
    started = time.process_time()
    for _turn in range(TIMES):
        operate()
    return (time.process_time() - started) / TIMES * 1_000_000


def _send(step: dict[str, Any], fields: dict[str, Any]) -> None:
    """Have a request answered; end when the answer is wrong."""
    head, body = step["head"] % fields, (step["body"] % fields).encode()
    request, *lines = head.split("\r\n")
    method, address, _protocol = request.split(" ")
    path, _mark, query = address.partition("?")
    headers = dict(line.split(": ", 1) for line in lines if line)
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": headers.pop("Content-Type"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    told: list[str] = []
    answer = b"".join(application(environ, lambda status, _headers: told.append(status)))
    if told[0][:3] not in step["statuses"]:
        raise SystemExit(f"{head}\n{body!r}\n{told[0]}\n{answer!r}")


def _rooms(stats: pstats.Stats) -> dict[str, float]:
    """Return which part of the time the code of each room and library took."""
    spent: Counter[str] = Counter()
    for (file, _line, name), (_calls, _primitive, own, _total, _callers) in stats.stats.items():  # type: ignore[attr-defined]
        spent[_room(file, name)] += own
    whole = spent.total()
    return {room: own / whole for room, own in spent.most_common() if own / whole > 0.01}


def _room(file: str, name: str) -> str:
    """Return whose code a function is."""
    if "socket" in name or name == "wait" or "psycopg" in file:
        return "psycopg, waiting included"
    if found := ROOM.search(file):
        return found[1]
    path = Path(file)
    if path.is_relative_to(BASE):
        parts = path.relative_to(BASE).parts
        return "/".join(parts[:2]) if len(parts) > 2 else parts[0]
    return "Python itself"


def _statements(operate: Any) -> list[dict[str, Any]]:
    """Return the statements of one operation, with their plans."""
    found: list[dict[str, Any]] = []

    def explain(execute: Any, sql: str, values: Any, many: Any, context: Any) -> Any:
        if not sql.startswith(UNEXPLAINED):
            found.append(_explained(sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(explain):
        operate()
    return found


def _explained(sql: str, values: Any) -> dict[str, Any]:
    """Return the plan of a statement, run before its time and undone."""
    raw = connection.connection
    with raw.transaction(force_rollback=True), ClientCursor(raw) as cursor:
        cursor.execute(EXPLAIN + sql, values)
        lines = [line for (line,) in cursor.fetchall()]
    took = next(line for line in lines if line.startswith("Execution Time"))
    buffers = next((found[1] for line in lines if (found := BUFFERS.search(line))), "no")
    return {
        "statement": " ".join(sql.split())[:LONGEST_STATEMENT],
        "milliseconds": float(took.split()[2]),
        "buffers": buffers,
        "wal_bytes": next((int(found[1]) for line in lines if (found := WAL.search(line))), 0),
        "plan": [line for line in lines if "->" in line or line[0] != " "],
    }


if __name__ == "__main__":
    main()
