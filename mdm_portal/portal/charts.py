"""Bar charts as SVG made on the server: readable without colour, without a script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mdm_portal.portal.figures import Slot

WIDTH, HEIGHT = 640, 160
GAP = 0.25
"""The part of a slot that stays empty between two bars."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the units of the drawing; the failed part stands at its foot."""

    label: str
    total: int
    failed: int
    x: float
    y: float
    width: float
    height: float
    failed_y: float
    failed_height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and the table behind it."""

    key: str
    title: str
    bars: tuple[Bar, ...]
    highest: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def ends(self) -> tuple[str, str]:
        """Return the words under the first bar and under the last."""
        return self.bars[0].label, self.bars[-1].label

    @property
    def total(self) -> int:
        """Return all requests of the chart."""
        return sum(bar.total for bar in self.bars)

    @property
    def failed(self) -> int:
        """Return all failures of the chart."""
        return sum(bar.failed for bar in self.bars)


def chart(key: str, title: str, slots: Sequence[Slot], label: Callable[[datetime], str]) -> Chart:
    """Return the chart of some slots."""
    highest = max((slot.total for slot in slots), default=0)
    step = WIDTH / max(len(slots), 1)
    bars = tuple(
        _bar(slot, label(slot.begins), number * step, step, highest)
        for number, slot in enumerate(slots)
    )
    return Chart(key, title, bars, highest)


def _bar(slot: Slot, label: str, x: float, step: float, highest: int) -> Bar:
    scale = HEIGHT / highest if highest else 0
    height, failed = slot.total * scale, slot.failed * scale
    return Bar(
        label,
        slot.total,
        slot.failed,
        round(x + step * GAP / 2, 2),
        round(HEIGHT - height, 2),
        round(step * (1 - GAP), 2),
        round(height, 2),
        round(HEIGHT - failed, 2),
        round(failed, 2),
    )
