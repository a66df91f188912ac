"""What a database was last prepared for, so that a restart need not prepare it again.

The mark lies in the folder of the embedded PostgreSQL: it comes and goes with its data.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from mdm_portal.runtime import BASE

MARK = Path("postgresql", "prepared")
SOURCES = ("*/migrations/*.py", "*/*/migrations/*.py", "static/**/*", "requirements/*.txt")


def is_current(data: Path) -> bool:
    """Tell whether the database was prepared for the migrations and static files of today."""
    try:
        return (data / MARK).read_text() == _fingerprint() and (data / "static").is_dir()
    except OSError:
        return False


def mark(data: Path) -> None:
    """Keep what the database has just been prepared for."""
    (data / MARK).write_text(_fingerprint())


def forget(data: Path) -> None:
    """Have the database prepared again at the next start."""
    (data / MARK).unlink(missing_ok=True)


def _fingerprint() -> str:
    """Return a digest of names, sizes and times of all that preparing depends on."""
    lines = [f"{file} {status.st_size} {status.st_mtime_ns}" for file, status in _files()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _files() -> Iterator[tuple[Path, os.stat_result]]:
    files = {file for pattern in SOURCES for file in BASE.glob(pattern) if file.is_file()}
    for file in sorted(files | {BASE / "mdm_portal" / "settings.py"}):
        yield file, file.stat()
