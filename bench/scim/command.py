"""The options of ``manage.py bench``, and what each of them does."""

import argparse
from collections.abc import Sequence
from typing import Any

from bench.scim import bulk, growth, profiles, report, steady
from bench.scim.against import Address
from bench.scim.comparison import Comparison, Plan
from bench.scim.machine import machine
from bench.scim.operations import OPERATIONS, Operation
from bench.scim.stage import KINDS, stage

Outcome = tuple[dict[str, Any], str]
"""As JSON, and as text."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to measure, on how much data, and for how long."""
    parser.add_argument(
        "--users", type=_count, default=100_000, help="how many users (%(default)s)"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=5,
        help="rounds that count (%(default)s); 0: only check that all services answer right",
    )
    parser.add_argument(
        "--seconds", type=_seconds, default=3.0, help="of one measurement (%(default)s)"
    )
    parser.add_argument("--connections", type=_count, default=16, help="at once (%(default)s)")
    parser.add_argument(
        "--only", type=_kinds, metavar="LIST", help=f"some of {','.join(KINDS)} (default: all)"
    )
    parser.add_argument(
        "--operations",
        type=_list,
        metavar="LIST",
        help="only operations whose name contains one of these words, such as PATCH,PUT",
    )
    parser.add_argument(
        "--against", metavar="URL", help="measure this SCIM service too; it is written to"
    )
    parser.add_argument("--token", default="", help="the token of --against")
    _add_other_measurements(parser)


def _add_other_measurements(parser: argparse.ArgumentParser) -> None:
    """Add what is measured instead of the comparison."""
    parser.add_argument(
        "--growth", action="store_true", help="measure ours alone, with 1,000 users and with many"
    )
    parser.add_argument(
        "--growth-users", type=_count, default=1_000_000, help="how many those are (%(default)s)"
    )
    parser.add_argument(
        "--profile", action="store_true", help="tell where the time of each operation of ours goes"
    )
    parser.add_argument(
        "--steady",
        type=_seconds,
        metavar="SECONDS",
        help="everything at once for so long, at 80 %% of the highest rate, pages open beside it",
    )
    parser.add_argument("--bulk", type=_count, metavar="N", help="push N users through /Bulk")
    parser.add_argument(
        "--bulk-connections", type=_count, default=4, help="connections of --bulk (%(default)s)"
    )
    parser.add_argument(
        "--bulk-invitations", action="store_true", help="each user of --bulk is invited"
    )


def run(options: dict[str, Any]) -> Outcome:
    """Measure what the options say."""
    plan = Plan(options["rounds"], options["seconds"], options["connections"])
    chosen = [one for one in OPERATIONS if _is_chosen(one.name, options["operations"])]
    if options["bulk"]:
        return bulk.measure(
            options["bulk"], options["bulk_connections"], invites=options["bulk_invitations"]
        )
    if options["steady"]:
        return steady.measure(options["steady"], options["users"], plan)
    if options["profile"]:
        return profiles.measure(options["users"], chosen)
    if options["growth"]:
        return growth.measure(options["growth_users"], chosen, plan)
    return _compare(options, chosen, plan)


def _compare(options: dict[str, Any], chosen: Sequence[Operation], plan: Plan) -> Outcome:
    """Measure our services, and another one when it is named."""
    url = options["against"]
    other = Address(url, options["token"]) if url else None
    kinds = KINDS if options["only"] is None else options["only"]
    with stage(kinds, options["users"], other) as built:
        comparison = Comparison(chosen, built.targets).run(plan)
        found_on = machine(built.database)
    if not plan.rounds:
        return {"right": [target.name for target in built.targets]}, "All answers are right."
    return report.as_json(comparison, found_on), report.as_text(comparison, found_on)


def _is_chosen(name: str, words: Sequence[str] | None) -> bool:
    """Tell whether an operation is to be measured."""
    return words is None or any(word.lower() in name.lower() for word in words)


def _list(text: str) -> list[str]:
    """Return the parts of a list with commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _kinds(text: str) -> list[str]:
    """Return services of ours; argparse says which one is not known."""
    for kind in _list(text):
        if kind not in KINDS:
            raise argparse.ArgumentTypeError(f"“{kind}” is none of {', '.join(KINDS)}")
    return _list(text)


def _count(text: str) -> int:
    """Return a number of things."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError("must be 1 at least")
    return int(text)


def _seconds(text: str) -> float:
    """Return a time."""
    if not float(text) > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return float(text)
