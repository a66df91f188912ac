"""The figures of all processes that serve, in files of their own: summed up, and tidied up.

A process that has ended leaves its file. What it counted must stay in the sums, or they would
seem to start anew; so files of ended processes are merged into one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

ENDED = "ended"
"""Stands in the place of the process id in the name of a merged file."""


class Figures(Collector):
    """A collector of what all processes have counted."""

    def __init__(self, folder: Path) -> None:
        """Read the files of a folder, which need not exist yet."""
        self.folder = folder

    def collect(self) -> Iterator[Metric]:
        """Yield the sums; nobody tidies up meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with _alone(self.folder):
            _merge_ended(self.folder)
            yield from MultiProcessCollector(CollectorRegistry(), str(self.folder)).collect()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other scrapes waiting."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _merge_ended(folder: Path) -> None:
    """Add the figures of ended processes to the merged file, and delete theirs."""
    for file in folder.glob("*_*.db"):
        kind, _, process = file.stem.rpartition("_")
        if process != ENDED and not _lives(int(process)):
            _add(file, folder / f"{kind}_{ENDED}.db")
            file.unlink()


def _add(file: Path, total: Path) -> None:
    """Add the values of a file of counters to another."""
    merged = MmapedDict(str(total))
    try:
        for key, value, _moment, _position in MmapedDict.read_all_values_from_file(str(file)):
            merged.write_value(key, merged.read_value(key)[0] + value, 0.0)
    finally:
        merged.close()


def _lives(process: int) -> bool:
    """Tell whether a process exists, be it ours or not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
