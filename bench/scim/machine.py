"""What it was measured on."""

import os
import platform
from pathlib import Path

from bench.scim.databases import connect

CPUINFO = Path("/proc/cpuinfo")
SHOWN = ("server_version", "fsync")


def machine(database: str = "") -> dict[str, str]:
    """Return the processor, its cores, the load, and the versions of Python and PostgreSQL."""
    found = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
    }
    return found | ({"PostgreSQL": _version(database)} if database else {})


def _processor() -> str:
    """Return the name of the processor."""
    lines = CPUINFO.read_text().splitlines() if CPUINFO.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _version(database: str) -> str:
    """Return the version of PostgreSQL, and whether it waits for the disk."""
    with connect(database) as server:
        shown = [server.execute(f"SHOW {name}".encode()).fetchall() for name in SHOWN]
    version, fsync = (rows[0][0] for rows in shown)
    return f"{version}, fsync {fsync}"
