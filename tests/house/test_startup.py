"""What a worker loads before its first SCIM answer, by name: seconds differ from day to day."""

import subprocess
import sys

from bench.startup import ASK, SCIM_ALONE, WORKER, run
from mdm_portal.runtime import BASE

LATER = {
    *("celery", "kombu", "redis"),
    *("rest_framework.views", "drf_spectacular.views", "requests", "httpx", "rich", "yaml"),
    *("mdm_portal.urls", "mdm_portal.api.urls", "mdm_portal.celery", "audit.pages"),
}
"""The portal's, the admin API's, the workers' of Celery."""
NEVER = {"lark", "pydantic", "scim2_models", "structlog"}
"""For tests, or not ours at all."""
NAMES = "print(*sys.modules)"
THE_REST = """
import gc, sys, threading
[thread.join() for thread in threading.enumerate() if thread.name == "warming"]
print(gc.isenabled())
"""


def test_scim_is_answered_before_the_rest_is_loaded() -> None:
    status, *loaded = run(f"{SCIM_ALONE}\n{ASK}\n{NAMES}").stdout.split()
    assert status == "401"
    assert "scim_provisioning.scim.bulk" in loaded
    assert (LATER | NEVER).intersection(loaded) == set()


def test_the_rest_is_loaded_in_the_background() -> None:
    collects, *loaded = run(f"{WORKER}\n{THE_REST}\n{NAMES}").stdout.split()
    assert collects == "True"
    assert LATER - set(loaded) == set()
    assert NEVER.intersection(loaded) == set()


def test_the_command_prints_the_figure_and_the_dearest() -> None:
    command = [sys.executable, "-m", "bench.startup", "--times", "1"]
    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=True)
    first, *dearest = done.stdout.splitlines()
    assert first.endswith(" s to the first answer, best of 1")
    assert len(dearest) == 10
