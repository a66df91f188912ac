"""Files that commands write: whole or not at all, for their owner's eyes only."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError

STANDARD_OUTPUT = "-"


@contextmanager
def new_file(name: str) -> Iterator[IO[bytes]]:
    """Give a file to write, or standard output; what fails half way leaves no file behind."""
    if name == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path, part = refuse_existing(name), Path(f"{name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def refuse_existing(name: str) -> Path:
    """Return the path of a file that is not there yet; refuse one that is."""
    path = Path(name)
    if path.exists():
        raise CommandError(f"{path} is there already: choose another name, or move it away.")
    return path
