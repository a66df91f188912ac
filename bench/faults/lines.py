"""Which process is at which end of a connection on this machine, as Linux tells."""

import os
from pathlib import Path

ESTABLISHED = "01"


def lines_to(port: int) -> set[str]:
    """Return the inodes of established connections whose other end is a port on loopback."""
    return {row[9] for row in _connections() if row[2].endswith(f":{port:04X}")}


def process_at(port: int) -> int:
    """Return the process that connected from a port on loopback; 0 when it has gone."""
    inodes = {row[9] for row in _connections() if row[1].endswith(f":{port:04X}")}
    processes = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return next((process for process in processes if sockets_of(process) & inodes), 0)


def sockets_of(process: int) -> set[str]:
    """Return the inodes of the sockets that a process has open."""
    try:
        links = [os.readlink(entry) for entry in Path(f"/proc/{process}/fd").iterdir()]
    except OSError:
        return set()
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def _connections() -> list[list[str]]:
    """Return the columns of each established connection."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [row for row in rows if row[3] == ESTABLISHED]
