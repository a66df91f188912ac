"""A file read line by line: its header, and its records with the numbers of their lines."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Any

import orjson

from mdm_portal.transfer.records import (
    FORMAT,
    HEADER,
    KINDS,
    VERSION,
    BadValue,
    Record,
    read,
)

LONGEST_LINE = 8 * 1024 * 1024
BATCH = 500


class TransferError(Exception):
    """A file that is not applied, with a sentence for the operator."""


class BadLine(TransferError):
    """A line that is wrong."""

    def __init__(self, number: int, reason: str, more: int = 0) -> None:
        """Name the line, counted from 1, and how many others are wrong alike."""
        others = f" (and {more} more lines)" if more else ""
        super().__init__(f"Line {number}: {reason}{others}. Nothing of the file was applied.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record and the number of its line."""

    line: int
    record: Record


Batch = tuple[str, list[Entry]]


@dataclass(frozen=True, slots=True)
class DirectoryFile:
    """A file that begins like one of ours."""

    path: Path
    counts: dict[str, int]
    """How many records of each kind the header promises."""

    @property
    def total(self) -> int:
        """Return how many records the header promises."""
        return sum(self.counts.values())

    def batches(self, advance: Callable[[int], None]) -> Iterator[Batch]:
        """Yield the records in batches of one kind; raise BadLine at the first that is wrong."""
        for kind, entries in groupby(self._entries(), key=lambda found: found[0]):
            rest = (entry for _kind, entry in entries)
            while batch := list(islice(rest, BATCH)):
                yield kind, batch
                advance(len(batch))

    def _entries(self) -> Iterator[tuple[str, Entry]]:
        """Yield each record with its kind; raise BadLine, also when some are missing."""
        seen: Counter[str] = Counter()
        place, number = 0, 1
        with _opened(self.path) as file:
            _line(file, 1)
            while raw := _line(file, number + 1):
                number += 1
                kind, record = _record(raw, number)
                if KINDS.index(kind) < place:
                    raise BadLine(number, f"“{kind}” must stand before “{KINDS[place]}”")
                place = KINDS.index(kind)
                seen[kind] += 1
                yield kind, Entry(number, record)
        for kind, count in self.counts.items():
            if seen[kind] != count:
                raise BadLine(1, f"{count} of “{kind}” are promised, {seen[kind]} are there")


def open_directory(path: Path) -> DirectoryFile:
    """Return a file after a look at its header."""
    with _opened(path) as file:
        values = _parsed(_line(file, 1), 1).get(HEADER)
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise BadLine(1, "this is no file of `export_directory`")
    if values.get("version") != VERSION:
        raise BadLine(1, f"version {values.get('version')} of the format is not known here")
    counts = values.get("counts")
    if not isinstance(counts, dict) or set(counts) != set(KINDS):
        raise BadLine(1, "“counts” must tell how many of each kind follow")
    if not all(type(count) is int and count >= 0 for count in counts.values()):
        raise BadLine(1, "“counts” must be whole numbers")
    return DirectoryFile(path, counts)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise TransferError(f"{path} cannot be read: {error.strerror}.") from error


def _line(file: IO[bytes], number: int) -> bytes:
    raw = file.readline(LONGEST_LINE)
    if len(raw) == LONGEST_LINE:
        raise BadLine(number, "it is longer than 8 MB")
    return raw


def _record(raw: bytes, number: int) -> tuple[str, Record]:
    """Return the one record of a line."""
    found = _parsed(raw, number)
    kind = next(iter(found), "")
    if len(found) != 1 or kind not in KINDS:
        raise BadLine(number, f"it must be an object with one of {', '.join(KINDS)}")
    try:
        return kind, read(kind, found[kind])
    except BadValue as error:
        raise BadLine(number, str(error)) from error


def _parsed(raw: bytes, number: int) -> dict[str, Any]:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        words = "the file ends here" if not raw.endswith(b"\n") else str(error).split(":")[0]
        raise BadLine(number, f"it is not JSON, {words}") from error
    if not isinstance(found, dict):
        raise BadLine(number, "it must be an object")
    return found
