"""``python -m bench.startup``: how long a worker takes from its start to its first SCIM answer."""

import argparse
import os
import re
import subprocess
import sys
import time
from collections import Counter

from mdm_portal.commands import NOWHERE

SCIM_ALONE = """
import os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "mdm_portal.settings"
django.setup(set_prefix=False)
from mdm_portal.handler import Handler
application = Handler()
"""
WORKER = "from mdm_portal.wsgi import application"
ASK = """
import io, os, sys, time
request = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/scim/v2/Users",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "REMOTE_ADDR": "127.0.0.1",
    "wsgi.input": io.BytesIO(),
    "wsgi.url_scheme": "http",
}
application(request, lambda status, _headers: print(status.split()[0]))
"""
"""Without a token, which is answered without a database: what is measured is our own."""
TELL_TIME = "print(time.monotonic(), flush=True); os._exit(0)"
IMPORTED = re.compile(r"import time: +(\d+) \| +\d+ \| +([a-z_]+)", re.IGNORECASE)
DEAREST = 10


def run(code: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """Return what a Python of its own printed."""
    command = [sys.executable, "-W", "ignore", *options, "-c", code]
    environment = {**NOWHERE, **os.environ}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def seconds() -> float:
    """Return the time from the start of one process to its first answer."""
    started = time.monotonic()
    status, answered = run(f"{WORKER}\n{ASK}\n{TELL_TIME}").stdout.split()
    assert status == "401", status
    return float(answered) - started


def packages() -> Counter[str]:
    """Return the microseconds that the modules of each package took, without what they import."""
    cost: Counter[str] = Counter()
    for microseconds, package in IMPORTED.findall(run(SCIM_ALONE, "-X", "importtime").stderr):
        cost[package] += int(microseconds)
    return cost


def main() -> None:
    """Print the best of some runs, and what took longest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=9, help="runs, the best of which counts")
    times = parser.parse_args().times
    print(f"{min(seconds() for _run in range(times)):.2f} s to the first answer, best of {times}")
    for package, microseconds in packages().most_common(DEAREST):
        print(f"{microseconds / 1000:8.1f} ms {package}")


if __name__ == "__main__":
    main()
