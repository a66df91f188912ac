"""Which process listens on a port, as far as the kernel tells us."""

import os
from pathlib import Path

_LISTENING = "0A"


def holder_of(port: int) -> str:
    """Return "name (process 123)" for the listener on a port; "" when it cannot be told."""
    inodes = _listening_inodes(port)
    for process in Path("/proc").glob("[0-9]*"):
        if inodes & _socket_inodes(process):
            return f"{_name(process)} (process {process.name})"
    return ""


def _listening_inodes(port: int) -> set[str]:
    """Return the inodes of the sockets that listen on a port."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            parts = row.split()
            if parts[3] == _LISTENING and int(parts[1].rsplit(":", 1)[1], 16) == port:
                found.add(parts[9])
    return found


def _socket_inodes(process: Path) -> set[str]:
    """Return the inodes of a process's sockets; none for a process of somebody else."""
    try:
        links = [os.readlink(link) for link in (process / "fd").iterdir()]
    except OSError:
        return set()
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return "a process"
