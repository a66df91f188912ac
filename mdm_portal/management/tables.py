"""Tables as plain text: columns as wide as their widest cell."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.timezone import localtime


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table below its title; a table without rows says so."""
    cells = [[_text(cell) for cell in row] for row in rows]
    if not cells:
        return f"{title}\n  none"
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    return "\n".join([title, *(_line(row, widths) for row in ([*heads], *cells))])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"  {'  '.join(padded)}".rstrip()


def _text(cell: object) -> str:
    """Return a value for people: a moment to the minute, a dash for nothing."""
    if isinstance(cell, datetime):
        return f"{localtime(cell):%Y-%m-%d %H:%M}"
    return "-" if cell is None or cell == "" else str(cell)
