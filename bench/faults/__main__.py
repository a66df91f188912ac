"""What faults do: users are pushed and invited while parts of the site are killed and come back.

    .venv/bin/python -m bench.faults [--users N] [--seed N] [--rounds N] [--quick]

Starts its own servers and throws their data away. Prints figures; exit code 1 if a user or an
invitation was lost, or a mail sent twice without need. ``--quick`` does each kind of harm once and,
instead of waiting for the minute of grace and for the leases of the killed, moves them by SQL.
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

import django

from bench.faults.mail_server import read
from bench.faults.push import Pusher
from bench.faults.sabotage import (
    ALL,
    FAST,
    ONE_OF_EACH,
    WHILE_NOTHING_LEAVES,
    Fault,
    Saboteur,
)
from bench.faults.site import Site

DRAIN_SECONDS = 900


def main() -> int:
    """Run, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", type=Path, help="keep data and logs in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        data = options.keep or Path(folder)
        data.mkdir(exist_ok=True)
        data.chmod(0o711)
        site = Site(data, mail_seconds=0.4 if options.quick else 0.1)
        try:
            return _run(site, options)
        finally:
            site.stop()


def _run(site: Site, options: argparse.Namespace) -> int:
    """Push, break, wait until all is sent, judge."""
    django.setup()
    from bench.faults.verdict import judge

    pusher = Pusher(site.url, _prepare(), options.users, options.seed)
    saboteur = Saboteur(site, options.seed, (1.0, 1.5) if options.quick else (2.0, 6.0))
    started = time.monotonic()
    pusher.start()
    (_break_quickly if options.quick else _break_for_long)(saboteur, pusher, options.rounds)
    tally = pusher.result()
    broken = time.monotonic()
    _drain(site, options.quick)
    took = time.monotonic() - started, time.monotonic() - broken
    verdict = judge(options.users, tally, read(site.record), saboteur.faults)
    verdict.expect("servers and workers that ended by themselves", site.died, 0)
    _print(saboteur.faults, verdict.figures, took)
    for sentence in verdict.broken:
        print(f"BROKEN: {sentence}")
    return bool(verdict.broken)


def _prepare() -> str:
    """Switch automatic invitation on, without a limit of mails; return the secret of a token."""
    from dataclasses import replace

    from django.db import connection

    from audit.actors import Actor
    from scim_provisioning.invitations.options.options import current
    from scim_provisioning.invitations.options.services import change
    from scim_provisioning.settings.services import set_auto_invite
    from scim_provisioning.tokens.services import generate

    actor = Actor.system()
    set_auto_invite(provider="okta", enabled=True, actor=actor)
    change(options=replace(current(), mails_per_minute=0), actor=actor)
    secret: str = generate(provider="okta", lifetime_days=30, actor=actor).secret
    connection.close()
    return secret


def _break_for_long(saboteur: Saboteur, pusher: Pusher, rounds: int) -> None:
    """Break what the push needs while no mail is due, then everything, round by round."""
    for kind in WHILE_NOTHING_LEAVES:
        time.sleep(saboteur.random.uniform(5, 9))
        saboteur.do(kind)
    for kind in ALL * rounds:
        time.sleep(saboteur.random.uniform(2, 6))
        if not saboteur.do(kind) and not _waiting():
            return


def _break_quickly(saboteur: Saboteur, pusher: Pusher, _rounds: int) -> None:
    """Restart PostgreSQL amid the push; then let all mails be due, and do each harm once."""
    while pusher.share < 0.3:
        time.sleep(0.02)
    saboteur.do(FAST)
    pusher.result()
    _make_due()
    for kind in ONE_OF_EACH:
        saboteur.do(kind)
        time.sleep(0.5)


def _drain(site: Site, quick: bool) -> None:
    """Return when no invitation waits any more."""
    end = time.monotonic() + DRAIN_SECONDS
    while _waiting() and time.monotonic() < end:
        before = len(read(site.record))
        time.sleep(1)
        if quick and not site.senders() and len(read(site.record)) == before:
            _make_due()


def _make_due() -> None:
    """Make all that waits due, and call the workers; only while none of them holds a row."""
    from django.db import connection
    from django.utils import timezone

    from scim_provisioning.invitations import wakeups
    from scim_provisioning.invitations.models import Invitation

    Invitation.objects.filter(status="pending").update(due_at=timezone.now())
    connection.close()
    for _worker in range(4):
        wakeups.call()


def _waiting() -> int:
    """Return how many invitations wait."""
    from django.db import connection

    from scim_provisioning.invitations.models import Invitation

    try:
        return Invitation.objects.filter(status="pending").count()
    finally:
        connection.close()


def _print(faults: list[Fault], figures: dict[str, object], took: tuple[float, float]) -> None:
    """Print what was done, then what became of it."""
    print("What was done")
    for kind, count in Counter(fault.kind for fault in faults).items():
        away = max(fault.seconds for fault in faults if fault.kind == kind)
        print(f"  {kind:46} {count:>3} times, {away:4.1f} s at most until all was up")
    print("What became of it")
    print(f"  {'from the first POST to the last mail':46} {took[0]:>10.0f} s")
    print(f"  {'  after the last fault and the last POST':46} {took[1]:>10.0f} s")
    for name, value in figures.items():
        print(f"  {name:46} {value!s:>12}")


if __name__ == "__main__":
    raise SystemExit(main())
