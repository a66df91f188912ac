"""Where a running ``manage.py up`` left word of its servers, for every other command.

Standard library only: settings read this before anything else.
"""

import json
import os
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent
STATE = "up.json"


def data_directory() -> Path:
    """Return the data directory: MDM_DATA, else ``var`` beside manage.py."""
    return Path(os.environ.get("MDM_DATA") or BASE / "var").expanduser().resolve()


def state(data: Path) -> dict[str, Any] | None:
    """Return what the running ``up`` of this directory wrote, or None when none runs."""
    try:
        found: dict[str, Any] = json.loads((data / STATE).read_text())
        os.kill(found["pid"], 0)
    except PermissionError:
        return None
    except (OSError, ValueError, KeyError):
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


def write(data: Path, environment: dict[str, str]) -> None:
    """Leave word for other commands; only the owner may read it."""
    file = data / STATE
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(json.dumps({"pid": os.getpid(), "environment": environment}))


def clear(data: Path) -> None:
    """Take the word back."""
    (data / STATE).unlink(missing_ok=True)
