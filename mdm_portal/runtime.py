"""Where a running ``manage.py up`` leaves word of its servers, for every other command.

Standard library only: settings read this before anything else. Whether an ``up`` runs is told by a
lock that the kernel releases when it ends in whatever way; a leftover file misleads nobody.
"""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO, Any

BASE = Path(__file__).resolve().parent.parent
STATE = "up.json"
LOCK = "up.lock"
HOLD_SECONDS = 0.5


def data_directory() -> Path:
    """Return the data directory: MDM_DATA, else ``var`` beside manage.py."""
    return Path(os.environ.get("MDM_DATA") or BASE / "var").expanduser().resolve()


def hold(data: Path) -> IO[str] | None:
    """Return the lock of a data directory while it is kept open; None when another has it."""
    lock = (data / LOCK).open("a")
    end = time.monotonic() + HOLD_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                lock.close()
                return None
            time.sleep(0.05)
        else:
            return lock


def is_held(data: Path) -> bool:
    """Tell whether an ``up`` of this data directory runs."""
    try:
        with (data / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def state(data: Path) -> dict[str, Any] | None:
    """Return what the running ``up`` wrote; None when none runs, or not yet, or not for us."""
    if not is_held(data):
        return None
    try:
        found: dict[str, Any] = json.loads((data / STATE).read_text())
    except (OSError, ValueError):
        return None
    return found


def adopt(data: Path) -> None:
    """Take over the environment of the running ``up``, unless a database is already named."""
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return
    found = state(data)
    if found:
        for name, value in found["environment"].items():
            os.environ.setdefault(name, value)


def advice(data: Path) -> str:
    """Return what to do when no server was found."""
    if data.exists() and not os.access(data, os.R_OK | os.X_OK):
        return f"{data} belongs to another account: use that account, or --data."
    if is_held(data):
        return f"The portal of {data} is just starting: try again in a moment."
    return (
        f"No portal runs on {data}: start it with `python3 manage.py up`, name another directory "
        "with --data, or set DATABASE_URL, REDIS_URL, SECRET_KEY and TOKEN_PEPPER."
    )


def write(data: Path, environment: dict[str, str]) -> None:
    """Leave word for other commands, whole at once; only the owner may read it."""
    write_private(data / STATE, {"pid": os.getpid(), "environment": environment})


def write_private(file: Path, content: dict[str, Any]) -> None:
    """Write JSON that only the owner may read; a reader sees all of it or the former content."""
    unfinished = file.with_name(file.name + ".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(content, indent=2) + "\n")
    unfinished.replace(file)


def clear(data: Path) -> None:
    """Take the word back."""
    (data / STATE).unlink(missing_ok=True)
