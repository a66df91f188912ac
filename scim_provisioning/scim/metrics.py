"""Counts and times SCIM requests for Prometheus: a few microseconds each, right over processes."""

import os
from functools import cache
from pathlib import Path

from prometheus_client import Counter, Histogram

from scim_provisioning.activity.recorder import Note

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
OTHER, NOBODY = "other", "none"
"""What a caller makes up gets no line of its own."""

REQUESTS = Counter(
    "scim_requests_total",
    "SCIM requests by identity provider, method, resource and status of the answer.",
    ["idp", "method", "resource", "status"],
)
SECONDS = Histogram(
    "scim_request_duration_seconds",
    "How long answers to SCIM requests took.",
    ["idp", "method", "resource"],
)


def count(entry: Note) -> None:
    """Count a request that was answered."""
    method = entry.method if entry.method in METHODS else OTHER
    names = (entry.provider or NOBODY, method, entry.resource or OTHER)
    counter, histogram = _lines(names, entry.status)
    counter.inc()
    histogram.observe(entry.duration_us / 1_000_000)


def directory() -> Path:
    """Return where each process keeps its figures."""
    return Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])


@cache
def _lines(names: tuple[str, str, str], status: int) -> tuple[Counter, Histogram]:
    """Return the lines of one kind of request; there are not many kinds."""
    directory().mkdir(parents=True, exist_ok=True)
    return REQUESTS.labels(*names, str(status)), SECONDS.labels(*names)
