"""More than one machine: an identity provider's cycle while nodes die, then a rolling upgrade.

    .venv/bin/python -m bench.cluster [--users 10000] [--connections 8] [--data DIR]

Two web nodes, two workers, nginx, pgbouncer in transaction mode, Valkey and PostgreSQL with a
synchronous standby, each in a network namespace with an address of its own (root on Linux). Ends
with exit code 1 when something acknowledged is lost, or when a request fails during the upgrade.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench.cluster.faults import FAULTS, Timeline
from bench.cluster.network import network
from bench.cluster.nodes import WORKERS, Cluster, missing_programs
from bench.cluster.pushing import Push
from bench.cluster.upgrade import next_release, upgrade
from bench.cluster.verification import compare, journal_of, mails
from mdm_portal.processes import adopt_orphans, kill_orphans

UPGRADE_AFTER = 5
"""So many seconds the second push goes on by itself before and after the upgrade."""


def main() -> None:
    """Run everything in a folder that is thrown away, unless it is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--data", type=Path, help="an empty folder, kept for its logs")
    options = parser.parse_args()
    if os.geteuid() or sys.platform != "linux":
        raise SystemExit("Network namespaces need Linux and root.")
    if missing := missing_programs():
        raise SystemExit(
            f"To be installed first: apt-get install --no-install-recommends {missing}"
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    adopt_orphans()
    with tempfile.TemporaryDirectory() as folder:
        place = options.data or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        raise SystemExit(run(place.resolve(), options.users, options.connections))


def run(folder: Path, users: int, connections: int) -> int:
    """Return the exit code of the whole run."""
    cluster = Cluster(folder)
    with network():
        try:
            cluster.start()
            cluster.secret = cluster.token("okta")
            cluster.invite_everybody("okta")
            print(f"The cluster runs; its logs: {folder}", flush=True)
            is_kept = cycle(cluster, users, connections)
            is_smooth = rolling_upgrade(cluster, connections)
        finally:
            cluster.stop()
            kill_orphans(5)
    return 0 if is_kept and is_smooth else 1


def cycle(cluster: Cluster, users: int, connections: int) -> bool:
    """Push all users while nodes die; tell whether nothing acknowledged was lost."""
    push = Push(cluster, "cycle", users, connections)
    timeline = Timeline(push)
    started = time.monotonic()
    push.start()
    for share, sentence, fault in FAULTS:
        push.await_share(share)
        timeline.begin(sentence)
        fault(cluster)
    told = push.end()
    timeline.end()
    seconds = time.monotonic() - started
    found = compare(cluster.primary, journal_of(push.journal), "cycle")
    print(f"\nCycle of {users} users, {connections} connections, {seconds:.0f} s")
    report(told, seconds)
    print(f"acknowledged    {found['users']} users, {found['groups']} groups,", end=" ")
    print(f"{found['members']} memberships")
    print(f"lost            {found['lost']}")
    print(f"there twice     {found['twice']}")
    print(f"unacknowledged  {found['unknown']} are there")
    print(f"trail           {found['trail']} users without exactly one event of their creation")
    posted = report_mails(cluster)
    return not (found["lost"] or found["twice"] or found["trail"] or posted)


def report(told: dict[str, object], seconds: float) -> None:
    """Print what the identity provider saw."""
    failures: dict[str, int] = told["failures"]  # type: ignore[assignment]
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(failures.items()))
    print(f"requests        {told['requests']} ({int(str(told['requests'])) / seconds:.0f}/s)")
    print(f"failed, retried {sum(failures.values())}" + (f" ({kinds})" if kinds else ""))
    print(f"closed idle     {told['closed_idle']} connections, as their next request came along")
    print(f"answer lost     {told['found_after']} creates, found there when they were repeated")
    print(f"slowest         {told['slowest']:.1f} s from the first attempt to the answer")


def report_mails(cluster: Cluster) -> int:
    """Print what became of the invitations; return how many mails are missing."""
    folders = [cluster.folder / name for name in WORKERS]
    cluster.await_mails()
    found = mails(cluster.primary, folders, "cycle")
    print(f"invitations     {found['invited']}, sent {found['sent']},", end=" ")
    print(f"mails missing {found['missing']}, mails sent twice {found['twice']}")
    return found["missing"]


def rolling_upgrade(cluster: Cluster, connections: int) -> bool:
    """Upgrade under way; tell whether no request failed."""
    release = next_release(cluster)
    push = Push(cluster, "upgrade", 1_000_000, connections)
    timeline = Timeline(push)
    started = time.monotonic()
    push.start()
    time.sleep(UPGRADE_AFTER)
    upgrade(cluster, release, timeline)
    time.sleep(UPGRADE_AFTER)
    push.stop()
    told = push.end()
    timeline.end()
    seconds = time.monotonic() - started
    found = compare(cluster.primary, journal_of(push.journal), "upgrade")
    print(f"\nRolling upgrade with a migration, {seconds:.0f} s")
    report(told, seconds)
    print(f"lost            {found['lost']}", flush=True)
    return not (told["failures"] or found["lost"])


if __name__ == "__main__":
    main()
