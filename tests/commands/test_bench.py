"""``manage.py bench`` on very little: its services answer every operation right."""

import json
import subprocess
import sys

from mdm_portal.runtime import BASE
from tests.commands.portals import surroundings


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Return what the command did."""
    command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "bench", *arguments]
    return subprocess.run(
        command, env=surroundings(), capture_output=True, text=True, timeout=240, check=False
    )


def test_all_services_answer_every_operation_right() -> None:
    done = bench("--users", "300", "--rounds", "0", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == {"right": ["ours", "floor", "plain"]}


def test_unknown_services_are_refused_before_anything_starts() -> None:
    done = bench("--only", "ours,theirs")
    assert done.returncode == 2
    assert "theirs" in done.stderr
