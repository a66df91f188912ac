"""Whether what was acknowledged is there: compared row by row with the new primary."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from bench.cluster.databases import Database

USERS = "SELECT id::text, user_name, display_name FROM directory_user WHERE user_name LIKE %s"
GROUPS = "SELECT id::text, display_name FROM directory_group WHERE display_name LIKE %s"
MEMBERS = """
SELECT m.group_id::text, m.user_id::text FROM directory_membership m
JOIN directory_group g ON g.id = m.group_id WHERE g.display_name LIKE %s
"""
UNPAID = """
SELECT u.id::text FROM directory_user u LEFT JOIN audit_event e
ON e.subject_type = 'user' AND e.subject_id = u.id::text AND e.event = 'user.created'
WHERE u.user_name LIKE %s GROUP BY u.id HAVING count(e.id) <> 1
"""
INVITED = """
SELECT i.status, u.email FROM invitations_invitation i JOIN directory_user u ON u.id = i.user_id
WHERE u.user_name LIKE %s
"""


def compare(database: Database, journal: dict[str, Any], prefix: str) -> dict[str, int]:
    """Return what is lost, there twice, or there without having been acknowledged."""
    like = f"{prefix}%"
    users = database.ask(USERS, "mdm", like)
    groups = database.ask(GROUPS, "mdm", like)
    members = set(database.ask(MEMBERS, "mdm", like))
    by_id = {row[0]: row for row in users}
    known, wanted = journal["users"], journal["groups"]
    lost_users = sum(
        by_id.get(one["id"], ())[1:] != (name, one["shown"]) for name, one in known.items()
    )
    held = dict(groups)
    lost_groups = sum(held.get(one["id"]) != name for name, one in wanted.items())
    acknowledged = {(one["id"], member) for one in wanted.values() for member in one["members"]}
    return {
        "users": len(known),
        "groups": len(wanted),
        "members": len(acknowledged),
        "lost": lost_users + lost_groups + len(acknowledged - members),
        "twice": _twice(users, 1) + _twice(groups, 1),
        "unknown": len(users) - len(known) + len(groups) - len(wanted),
        "trail": len(database.ask(UNPAID, "mdm", like)),
    }


def mails(database: Database, folders: list[Path], prefix: str) -> dict[str, int]:
    """Return how many were invited, and how many of their mails are missing or came twice."""
    sent: Counter[str] = Counter()
    for file in (file for folder in folders for file in (folder / "mail").glob("*")):
        sent.update(re.findall(r"(?m)^To: .*?([\w.+-]+@[\w.-]+)>?$", file.read_text()))
    rows = database.ask(INVITED, "mdm", f"{prefix}%")
    invited = [email for status, email in rows if status == "sent"]
    return {
        "invited": len(rows),
        "sent": len(invited),
        "missing": sum(not sent[email] for email in invited),
        "twice": sum(sent[email] - 1 for email in invited if sent[email]),
    }


def journal_of(file: Path) -> dict[str, Any]:
    """Return what an identity provider's run was told is done."""
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def _twice(rows: list[tuple[Any, ...]], column: int) -> int:
    return len(rows) - len({row[column].lower() for row in rows})
