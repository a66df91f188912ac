"""An hour of everything at once: whether latency, memory and tables stay as they are.

The speed of a machine that others have a share of changes by a third within a minute: each slice
begins with a look at how much it takes now, and goes on at 80 % of that. What the machine does to
any service the floor tells, which has a part of each slice, with the same pages open beside it.
"""

import json
import statistics
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

from bench.scim.comparison import Plan
from bench.scim.databases import connect
from bench.scim.load import Generator, Part
from bench.scim.machine import machine
from bench.scim.memory import memory_of_workers
from bench.scim.operations import OPERATIONS
from bench.scim.ours import Site, site
from bench.scim.report import described
from bench.scim.stage import STARTS
from bench.scim.target import Target
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
MOST_SPREAD = 10
"""How many times the median the slowest hundredth may take."""
WARM_SECONDS = 15.0
SEARCH_SECONDS = 2.0
SLICE_SECONDS = 30.0
PARTS = {"ours": 0.5, "floor": 0.5}
"""Of a slice, for each service: in a shorter one it would meet fewer slow moments."""
TABLES = ("directory_user", "directory_membership", "audit_event", "activity_scimrequest")
ALL = "all"
"""The row of all operations together."""
DUE, SENT = ("median", "p99"), ("median_sent", "p99_sent")
"""Middle and slowest hundredth, from when a request was due, and from when it was sent."""
KEYS = (*DUE, *SENT)
HEADS = ("p50 ms", "p99 ms", "p99/p50", "held")
SIZES = """
SELECT relname, pg_total_relation_size(relid) / 1048576.0, n_live_tup, n_dead_tup
FROM pg_stat_user_tables WHERE relname = ANY(%s) ORDER BY relname
"""


def measure(seconds: float, users: int, plan: Plan) -> tuple[dict[str, Any], str]:
    """Return how a mix at 80 % of the highest rate went, slice by slice."""
    mix = [(one, SHARES[_share(one.name)]) for one in OPERATIONS]
    with ExitStack() as running:
        home = running.enter_context(site())
        holding = home.filled(users)
        targets = [STARTS[kind](home, holding, running) for kind in PARTS]
        visitor = running.enter_context(_visited(home))
        generator = Generator(plan.connections)
        for target in targets:
            _warm_up(generator, mix, target)
        before = _sizes(home)
        slices = [
            _slice(home, mix, targets, generator)
            for _number in range(max(1, round(seconds / SLICE_SECONDS)))
        ]
        tables = {"before": before, "after": _vacuumed(home)}
        found_on = machine(home.database)
    data = {
        "machine": found_on,
        "slices": slices,
        "tables": tables,
        "pages": {"times": visitor.times, "failures": visitor.failures},
    }
    return data, _text(data)


def _warm_up(generator: Generator, mix: list[Part], target: Target) -> None:
    """Check all answers, and let caches fill."""
    for operation, _weight in mix:
        generator.prove(operation, target)
    generator.measure_mix(mix, target, WARM_SECONDS)


def _slice(
    home: Site, mix: list[Part], targets: list[Target], generator: Generator
) -> dict[str, Any]:
    """Return what some seconds were like; the client ends when an answer is wrong."""
    told = {
        target.name: _part(mix, target, generator, SLICE_SECONDS * PARTS[target.name])
        for target in targets
    }
    return {**told, "megabytes": memory_of_workers(home.process)}


def _part(mix: list[Part], target: Target, generator: Generator, seconds: float) -> dict[str, Any]:
    """Return how one service did in its part of a slice."""
    highest = generator.measure_mix(mix, target, SEARCH_SECONDS)[-1].rate
    rate = highest * PART_OF_HIGHEST
    figures = generator.measure_mix(mix, target, seconds - SEARCH_SECONDS, rate)
    named = zip((*(operation.name for operation, _weight in mix), ALL), figures, strict=True)
    return {
        "rate": figures[-1].rate,
        "operations": {name: {key: getattr(one, key) for key in KEYS} for name, one in named},
    }


def _share(name: str) -> str:
    """Return the key of SHARES that an operation goes by."""
    return next(key for key in SHARES if name.startswith(key))


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
    """Return the operations, the memory, the tables and the pages."""
    slices = data["slices"]
    rates = sorted(one["ours"]["rate"] for one in slices)
    title = f"At 80 % of the highest rate: {rates[0]:,.0f} to {rates[-1]:,.0f} operations a second"
    heads = ("operation", *HEADS, *(f"floor: {head}" for head in HEADS))
    operations, sent = (
        [_operation(name, slices, keys) for name in slices[0]["ours"]["operations"]]
        for keys in (DUE, SENT)
    )
    first, last = (_megabytes(one) for one in (slices[0], slices[-1]))
    times = sorted(data["pages"]["times"])
    return "\n\n".join(
        (
            table(f"{title}; from when one was due", heads, operations),
            f"Medians over {len(slices)} slices; held: in how many p99 was under "
            f"{MOST_SPREAD} times p50.",
            table("From when a request was sent", heads, sent),
            f"MB of each worker: {first} at first, {last} at last",
            table("Tables", ("table", "MB before", "MB after", "dead after"), _grown(data)),
            f"Pages: {len(times)}, p50 {statistics.median(times):.0f} ms, "
            f"p99 {times[int(len(times) * 0.99)]:.0f} ms, failures {data['pages']['failures']}",
            described(data["machine"]),
        )
    )


def _operation(name: str, slices: list[dict[str, Any]], keys: tuple[str, str]) -> list[str]:
    """Return the cells of an operation."""
    cells = [name]
    median, p99 = keys
    for service in PARTS:
        found = [one[service]["operations"][name] for one in slices]
        spreads = [one[p99] / max(one[median], 0.001) for one in found]
        held = sum(spread < MOST_SPREAD for spread in spreads) / len(spreads)
        middle = [statistics.median(one[key] for one in found) for key in keys]
        figures = [f"{value:.1f}" for value in (*middle, statistics.median(spreads))]
        cells += [*figures, f"{held:.0%}"]
    return cells


def _megabytes(one: dict[str, Any]) -> str:
    """Return the memory of the workers after a slice."""
    return " and ".join(f"{size:.0f}" for size in one["megabytes"])


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
