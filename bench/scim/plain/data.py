"""The tables of plain django-scim2, with the people that ours has; an id is a place in our list."""

import subprocess
import sys

from bench.scim.databases import Connection, copy

MIGRATE = (sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0")
GROUPS = """
SELECT n, n, nullif(external_id, ''), display_name, display_name
FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM directory_group) AS counted
"""
GROUP_COLUMNS = "id, scim_id, scim_external_id, scim_display_name, name"
USERS = """
SELECT n, n, external_id, user_name, user_name, '', given_name, family_name, email, active,
  created_at, false, false
FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM directory_user) AS counted
"""
USER_COLUMNS = (
    "id, scim_id, scim_external_id, scim_username, username, password, first_name, last_name, "
    "email, is_active, date_joined, is_superuser, is_staff"
)
MEMBERSHIPS = """
SELECT g.n, u.n FROM directory_membership
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM directory_group) AS g ON g.id = group_id
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM directory_user) AS u ON u.id = user_id
"""
SEQUENCES = """
SELECT setval(pg_get_serial_sequence('plain_user', 'id'), max(id)) FROM plain_user
"""


def migrate(environment: dict[str, str]) -> None:
    """Make the tables."""
    subprocess.run(MIGRATE, env=environment, check=True)


def fill(ours: Connection, plain: Connection) -> None:
    """Copy into the tables what ours has."""
    copy(ours, GROUPS, plain, f"plain_group ({GROUP_COLUMNS})")
    copy(ours, USERS, plain, f"plain_user ({USER_COLUMNS})")
    copy(ours, MEMBERSHIPS, plain, "plain_user_scim_groups (group_id, user_id)")
    plain.execute(SEQUENCES)
    plain.execute("VACUUM ANALYZE")
