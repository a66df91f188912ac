"""An hour of everything at once: whether latency, memory and tables stay as they are.

The speed of a machine that others have a share of changes by a third from one minute to the next:
each minute begins with a look at how much it takes now, and goes on at 80 % of that.
"""

import json
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from bench.scim.comparison import Plan
from bench.scim.databases import connect
from bench.scim.load import Figures, Generator, Part
from bench.scim.machine import machine
from bench.scim.memory import memory_of_workers
from bench.scim.operations import OPERATIONS
from bench.scim.ours import Site, site
from bench.scim.report import described
from bench.scim.visitor import Visitor
from bench.servers import command
from mdm_portal.management.tables import table

SHARES = {
    "look-up": 6,
    "read": 3,
    "PATCH active": 2,
    "PATCH (Entra)": 3,
    "PUT": 1,
    "create": 3,
    "list": 1,
    "group: add": 1,
    "group: read": 1,
}
"""How often an operation comes in a lap, by the beginning of its name."""
PART_OF_HIGHEST = 0.8
WARM_SECONDS = 15.0
SEARCH_SECONDS = 6.0
SLICE_SECONDS = 60.0
TABLES = ("directory_user", "directory_membership", "audit_event", "activity_scimrequest")
SIZES = """
SELECT relname, pg_total_relation_size(relid) / 1048576.0, n_live_tup, n_dead_tup
FROM pg_stat_user_tables WHERE relname = ANY(%s) ORDER BY relname
"""


def measure(seconds: float, users: int, plan: Plan) -> tuple[dict[str, Any], str]:
    """Return how a mix at 80 % of the highest rate went, minute by minute."""
    mix = [(one, SHARES[_share(one.name)]) for one in OPERATIONS]
    with site() as home, _visited(home) as visitor:
        target = home.target(home.filled(users))
        generator = Generator(plan.connections)
        for operation, _weight in mix:
            generator.prove(operation, target)
        generator.measure_mix(mix, target, WARM_SECONDS)
        slices = [_look(home, mix, None)]
        for _slice in range(max(1, round(seconds / SLICE_SECONDS))):
            highest = _rate(generator.measure_mix(mix, target, SEARCH_SECONDS))
            rate, rest = highest * PART_OF_HIGHEST, min(SLICE_SECONDS, seconds) - SEARCH_SECONDS
            figures = generator.measure_mix(mix, target, max(rest, 1), rate)
            slices.append(_look(home, mix, figures))
        tables = {"before": slices[0]["tables"], "after": _vacuumed(home)}
        found_on = machine(home.database)
    data = {
        "machine": found_on,
        "slices": slices[1:],
        "tables": tables,
        "pages": {"times": visitor.times, "failures": visitor.failures},
    }
    return data, _text(data)


def _share(name: str) -> str:
    """Return the key of SHARES that an operation goes by."""
    return next(key for key in SHARES if name.startswith(key))


def _rate(figures: list[Figures]) -> float:
    """Return how many operations of all kinds a second there were."""
    return sum(one.rate for one in figures)


@contextmanager
def _visited(home: Site) -> Iterator[Visitor]:
    """Have somebody look at the portal meanwhile."""
    made = command("create_admin", "--username", "visitor", "--json", environment=home.environment)
    parts = urlsplit(home.url)
    visitor = Visitor(f"{parts.scheme}://{parts.netloc}", "visitor", json.loads(made)["password"])
    thread = threading.Thread(target=visitor.visit)
    thread.start()
    try:
        yield visitor
    finally:
        visitor.stopped.set()
        thread.join()


def _look(home: Site, mix: list[Part], figures: list[Figures] | None) -> dict[str, Any]:
    """Return what a minute was like; the client ends when an answer is wrong."""
    names = [operation.name for operation, _weight in mix]
    return {
        "rate": _rate(figures or []),
        "operations": {
            name: {"median": one.median, "p99": one.p99}
            for name, one in zip(names, figures or [], strict=False)
        },
        "megabytes": memory_of_workers(home.process),
        "tables": _sizes(home),
    }


def _sizes(home: Site) -> dict[str, dict[str, float]]:
    """Return the megabytes and the rows of the tables, with their indexes."""
    with connect(home.database) as ours:
        rows = ours.execute(SIZES, (list(TABLES),)).fetchall()
    return {
        name: {"megabytes": float(size), "live": live, "dead": dead}
        for name, size, live, dead in rows
    }


def _vacuumed(home: Site) -> dict[str, dict[str, float]]:
    """Return the sizes once vacuum has taken back what it can."""
    with connect(home.database) as ours:
        ours.execute("VACUUM ANALYZE")
    return _sizes(home)


def _text(data: dict[str, Any]) -> str:
    """Return the operations, the minutes, the tables and the pages."""
    slices = data["slices"]
    rates = sorted(one["rate"] for one in slices)
    title = f"At 80 % of the highest rate: {rates[0]:,.0f} to {rates[-1]:,.0f} operations a second"
    heads = ("operation", "p50 ms", "p99 ms", "p99/p50")
    operations = [_operation(name, slices) for name in slices[0]["operations"]]
    memory = [" ".join(f"{size:.0f}" for size in one["megabytes"]) for one in slices]
    times = sorted(data["pages"]["times"])
    return "\n\n".join(
        (
            table(title, heads, operations),
            f"MB of each worker, minute by minute: {', '.join(memory)}",
            table("Tables", ("table", "MB before", "MB after", "dead after"), _grown(data)),
            f"Pages: {len(times)}, p50 {statistics.median(times):.0f} ms, "
            f"p99 {times[int(len(times) * 0.99)]:.0f} ms, failures {data['pages']['failures']}",
            described(data["machine"]),
        )
    )


def _operation(name: str, slices: list[dict[str, Any]]) -> list[str]:
    """Return the cells of an operation: medians over the minutes."""
    median = statistics.median(one["operations"][name]["median"] for one in slices)
    p99 = statistics.median(one["operations"][name]["p99"] for one in slices)
    return [name, f"{median:.1f}", f"{p99:.1f}", f"{p99 / median:.1f}"]


def _grown(data: dict[str, Any]) -> list[list[str]]:
    """Return the cells of each table."""
    before, after = data["tables"]["before"], data["tables"]["after"]
    return [
        [
            name,
            f"{before[name]['megabytes']:,.0f} ({before[name]['live']:,.0f} rows)",
            f"{after[name]['megabytes']:,.0f} ({after[name]['live']:,.0f} rows)",
            f"{after[name]['dead']:,.0f}",
        ]
        for name in after
    ]
