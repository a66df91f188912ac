"""``manage.py doctor``: is everything there that the portal needs, and if not, what to do."""

import sys
from typing import Any

from mdm_portal.doctor.examination import CHECKS, examine
from mdm_portal.doctor.findings import FAILURE, Finding
from mdm_portal.management.base import PortalCommand


class Command(PortalCommand):
    """Looks at each part in turn; exit code 1 when one of them fails."""

    help = (
        "Check database, migrations, clock, broker, worker, mail server, secrets and public "
        "address, and say what to do. Changes nothing, sends nothing."
    )

    def run(self, **_options: Any) -> None:
        """Examine the site and report."""
        findings = []
        with self.progress.phase("Looking", len(CHECKS)) as advance:
            for finding in examine():
                findings.append(finding)
                advance()
        failed = sum(finding.state == FAILURE for finding in findings)
        data = {"healthy": not failed, "checks": [finding.as_json() for finding in findings]}
        self.emit(data, "\n".join(map(_line, findings)))
        if failed:
            sys.exit(1)


def _line(finding: Finding) -> str:
    """Return a finding for people."""
    return f"{finding.state:<8} {finding.name:<15} {finding.text} {finding.advice}".rstrip()
