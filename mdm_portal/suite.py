"""``manage.py test``: the whole suite, on servers that it starts itself (tests/servers.py)."""

import subprocess
import sys

from mdm_portal.runtime import BASE


def test(arguments: list[str]) -> int:
    """Return pytest's exit code; the arguments are pytest's own."""
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.call(command, cwd=BASE)  # noqa: S603 - pytest with the caller's arguments
