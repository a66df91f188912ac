"""Ours alone, small and large: what grows with the directory, with a group, along the list."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from bench.request_log import Client
from bench.scim.comparison import Comparison, Plan
from bench.scim.databases import connect
from bench.scim.machine import machine
from bench.scim.operations import OPERATIONS, REMOVAL, Operation
from bench.scim.ours import Site, site
from bench.scim.report import described, rows_as_json, text_of
from bench.scim.target import Target

SMALL = 1_000
GROUPS = (10, 100_000)
PAGE = 100
GROUP = """
INSERT INTO directory_group (id, external_id, source, version, created_at, modified_at,
  display_name, display_name_key) VALUES (%s, '', 'okta', 1, now(), now(), %s, %s)
"""
MEMBERS = """
INSERT INTO directory_membership (group_id, user_id)
SELECT %s, id FROM directory_user ORDER BY id LIMIT %s
"""
IN_GROUPS = tuple(one for one in OPERATIONS if one.name.startswith("group:"))
LISTED = next(one for one in OPERATIONS if one.name.startswith("list"))

Tables = dict[str, Comparison]


def measure(users: int, operations: Sequence[Operation], plan: Plan) -> tuple[dict[str, Any], str]:
    """Return what costs more on so many users than on a thousand, as JSON and as text."""
    with site() as small, site() as large:
        few = small.target(small.filled(SMALL), _named(SMALL))
        many = large.target(large.filled(users), _named(users))
        tables = {"by size of the directory": Comparison(operations, [few, many]).run(plan)}
        tables |= _by_group(large, many, plan) | _by_page(many, plan)
        found_on = machine(large.database)
    data = {title: rows_as_json(comparison) for title, comparison in tables.items()}
    text = [_text(title, comparison) for title, comparison in tables.items()]
    return {"machine": found_on, **data}, "\n\n".join([*text, described(found_on)])


def _named(users: int) -> str:
    """Return the heading of a size."""
    return f"{users:,} users"


def _text(title: str, comparison: Comparison) -> str:
    """Return a table whose ratios say how many times as much something costs."""
    base = comparison.targets[0].name
    return text_of(comparison, f"Cost {title}, as a multiple of: {base}", "× {other}")


def _by_group(home: Site, many: Target, plan: Plan) -> Tables:
    """Return what operations on members cost in a small group and in a large one."""
    sizes = [GROUPS[0], min(GROUPS[1], many.users // 2)]
    groups = [replace(many, name=f"group of {size:,}", group=_group(home, size)) for size in sizes]
    return {"by size of the group": Comparison([*IN_GROUPS, REMOVAL], groups).run(plan)}


def _group(home: Site, size: int) -> str:
    """Return a new group of the first people."""
    key = uuid4()
    with connect(home.database) as ours:
        ours.execute(GROUP, (key, f"Group of {size}", f"group of {size}"))
        ours.execute(MEMBERS, (key, size))
    return str(key)


def _by_page(many: Target, plan: Plan) -> Tables:
    """Return what pages of the list cost, by index and by cursor."""
    places = {"by index": _indexes(many), "by cursor": _cursors(many)}
    return {
        f"by place in the list, {way}": Comparison([LISTED], _at(many, pages)).run(plan)
        for way, pages in places.items()
    }


def _at(many: Target, pages: dict[str, str]) -> list[Target]:
    """Return the service, once for each page."""
    return [replace(many, name=name, place=place) for name, place in pages.items()]


def _indexes(many: Target) -> dict[str, str]:
    """Return where the pages are by index."""
    starts = {"first": 1, "middle": many.users // 2 + 1, "last": many.users - PAGE + 1}
    return {name: f"startIndex={start}&count={PAGE}" for name, start in starts.items()}


def _cursors(many: Target) -> dict[str, str]:
    """Return where the pages are by cursor; who walks the list finds out."""
    client = Client(many.url, many.token("okta"))
    cursors = [""]
    for _page in range(many.users // PAGE - 1):
        page = client.send("GET", f"/Users?cursor={cursors[-1]}&count={PAGE}&attributes=id")
        cursors.append(page["nextCursor"])
    places = {"first": "", "middle": cursors[len(cursors) // 2], "last": cursors[-1]}
    return {name: f"cursor={cursor}&count={PAGE}" for name, cursor in places.items()}
