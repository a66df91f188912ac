"""A progress bar for people who watch; nothing for scripts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress:
    """One bar a phase, on standard error."""

    def __init__(self, *, shown: bool) -> None:
        """Show bars, or stay silent."""
        self.shown = shown

    @contextmanager
    def phase(self, title: str, total: int | None) -> Iterator[Callable[..., None]]:
        """Give the function to call after each of ``total`` steps, or after so many of them.

        Of how many is not always known.
        """
        columns = (
            TextColumn("{task.description:<28}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Bars(*columns, console=Console(stderr=True), disable=not self.shown) as bars:
            task = bars.add_task(title, total=total)
            yield lambda steps=1: bars.advance(task, steps)
