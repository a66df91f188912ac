"""Parts of a real site are killed while users are pushed: the short form of bench/faults."""

import subprocess
import sys

from mdm_portal.runtime import BASE
from tests.commands.portals import surroundings

KINDS = ("process that sends", "whole worker", "Valkey", "mail server", "PostgreSQL")


def test_faults_lose_no_user_and_no_invitation() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.faults", "--quick", "--users", "100"],
        cwd=BASE,
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(kind in done.stdout for kind in KINDS), done.stdout
