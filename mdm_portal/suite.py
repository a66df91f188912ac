"""``manage.py test``: the whole suite, on servers that it starts itself (tests/servers.py)."""

import os
import sys
from importlib.util import find_spec

from mdm_portal.runtime import BASE

SIDE_BY_SIDE = ("-n", "2", "--dist", "worksteal")
"""Each worker has a database and a browser of its own; a third gains nothing on two cores."""


def test(arguments: list[str]) -> int:
    """Become pytest, with the caller's arguments or else all of it; its exit code is ours."""
    if find_spec("pytest") is None:
        sys.stderr.write("This environment has no pytest: install requirements/test.txt.\n")
        return 2
    os.chdir(BASE)
    sys.stdout.flush()
    command = [sys.executable, "-m", "pytest", *(arguments or SIDE_BY_SIDE)]
    os.execv(sys.executable, command)  # noqa: S606
