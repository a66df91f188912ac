"""All checks in their order; those that need something that failed are not tried."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from django.db import DatabaseError

from mdm_portal.doctor.address import check_address, check_proxy
from mdm_portal.doctor.database import (
    check_clock,
    check_extension,
    check_migrations,
    check_server,
)
from mdm_portal.doctor.findings import FAILURE, SKIPPED, Finding, failure, skipped
from mdm_portal.doctor.mail import check_mail
from mdm_portal.doctor.secrets import check_peppers, check_secrets
from mdm_portal.doctor.worker import check_broker, check_outbox, check_worker


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at."""

    name: str
    look: Callable[[], Finding]
    needs: str = ""
    """The check that must not fail before this one makes sense."""


CHECKS = (
    Check("Database", check_server),
    Check("pg_trgm", check_extension, "Database"),
    Check("Migrations", check_migrations, "Database"),
    Check("Clock", check_clock, "Database"),
    Check("Broker", check_broker),
    Check("Worker", check_worker, "Broker"),
    Check("Outbox", check_outbox, "Migrations"),
    Check("Mail server", check_mail),
    Check("Secrets", check_secrets),
    Check("Token pepper", check_peppers, "Migrations"),
    Check("Public address", check_address),
    Check("Proxy", check_proxy),
)


def examine() -> Iterator[Finding]:
    """Yield what each check finds."""
    bad: set[str] = set()
    for check in CHECKS:
        found = _look(check, bad)
        if found.state in (FAILURE, SKIPPED):
            bad.add(check.name)
        yield replace(found, name=check.name)


def _look(check: Check, bad: set[str]) -> Finding:
    """Return what a check finds; a database that goes away meanwhile is a finding, too."""
    if check.needs in bad:
        return skipped(f"Not looked at: {check.needs} comes first.")
    try:
        return check.look()
    except DatabaseError as error:
        return failure(" ".join(str(error).split()), "Look at the database's log.")
