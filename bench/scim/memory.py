"""What the workers of a running ``up`` keep in memory."""

import os
from pathlib import Path

PROCESSES = Path("/proc")
LEAST = 20.0
"""A worker has more megabytes than that; what only watches over workers has less."""


def memory_of_workers(up: int) -> list[float]:
    """Return the resident megabytes of each worker of the portal."""
    portals = [process for process in _children(up) if "granian" in _line(process)]
    workers = [worker for portal in portals for worker in _children(portal)]
    return [size for worker in sorted(workers) if (size := _megabytes(worker)) > LEAST]


def _children(parent: int) -> list[int]:
    """Return the children of a process."""
    listed = [int(entry.name) for entry in PROCESSES.glob("[0-9]*")]
    return [process for process in listed if _parent(process) == parent]


def _parent(process: int) -> int:
    """Return the parent of a process; 0 when the process is gone."""
    try:
        return int((PROCESSES / f"{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def _line(process: int) -> str:
    """Return the command line of a process."""
    try:
        return (PROCESSES / f"{process}/cmdline").read_text()
    except OSError:
        return ""


def _megabytes(process: int) -> float:
    """Return what is resident of a process."""
    try:
        pages = int((PROCESSES / f"{process}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
