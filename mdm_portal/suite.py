"""``manage.py test``: the whole suite, on servers that it starts itself (tests/servers.py)."""

import os
import sys
from importlib.util import find_spec

from mdm_portal.runtime import BASE


def test(arguments: list[str]) -> int:
    """Become pytest, with the caller's arguments; its exit code is ours."""
    if find_spec("pytest") is None:
        sys.stderr.write("This environment has no pytest: install requirements/test.txt.\n")
        return 2
    os.chdir(BASE)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])  # noqa: S606
