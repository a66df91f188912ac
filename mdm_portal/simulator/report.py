"""The outcome of a simulation, for people and for scripts."""

import io
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mdm_portal.simulator.simulation import Outcome

SHOWN_DIFFERENCES = 20


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome for scripts."""
    return {**asdict(outcome), "ok": outcome.is_good}


def as_text(outcome: Outcome, *, width: int = 100, colour: bool = False) -> str:
    """Return the outcome for people: what was done, then what the server holds."""
    text = io.StringIO()
    console = Console(file=text, width=width, force_terminal=colour, highlight=False)
    console.print(f"{outcome.provider} → {escape(outcome.url)}", soft_wrap=True)
    console.print(_steps(outcome))
    console.print(_holdings(outcome))
    for difference in outcome.differences[:SHOWN_DIFFERENCES]:
        console.print(f"[red]✗[/red] {escape(difference)}")
    more = len(outcome.differences) - SHOWN_DIFFERENCES
    if more > 0:
        console.print(f"  ... and {more} more differences.")
    console.print(_verdict(outcome))
    return text.getvalue().rstrip("\n")


def _steps(outcome: Outcome) -> Table:
    """Return the table of what was done."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Done")
    table.add_column("Count", justify="right")
    for step, count in sorted(outcome.steps.items()):
        table.add_row(step, f"{count:,}")
    table.add_section()
    for method, count in sorted(outcome.requests.items()):
        table.add_row(f"{method} requests", f"{count:,}")
    if outcome.waits:
        table.add_row("waits after 429", f"{outcome.waits:,}")
    return table


def _holdings(outcome: Outcome) -> Table:
    """Return the table of what the server holds."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Read back")
    table.add_column("Pushed", justify="right")
    table.add_column("Server holds", justify="right")
    table.add_column("")
    for name, pushed in outcome.pushed.items():
        held = outcome.held[name]
        mark = "[green]✓[/green]" if held == pushed else "[red]✗[/red]"
        table.add_row(name, f"{pushed:,}", f"{held:,}", mark)
    return table


def _verdict(outcome: Outcome) -> str:
    """Return the last line."""
    total = sum(outcome.requests.values())
    rate = total / outcome.seconds if outcome.seconds else 0
    sent = f"{total:,} requests in {outcome.seconds:.1f} s ({rate:.0f} a second)."
    if outcome.is_good:
        return f"[green]The server holds exactly what was pushed.[/green] {sent}"
    return f"[red]The server does not hold what was pushed.[/red] {sent}"
