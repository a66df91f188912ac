"""Whom our services hold: ids and names for the requests, the same people in each of them.

Only people whose addresses are of ASCII letters: django-scim2 writes no others.
"""

from dataclasses import dataclass

from bench.scim.databases import Connection
from bench.scim.target import Target

PEOPLE = 3_000
OUTSIDERS = 500
USERS = """
SELECT n::text, id::text, user_name FROM (
  SELECT row_number() OVER (ORDER BY id) AS n, id, user_name, active FROM directory_user
) AS users WHERE active AND user_name ~ '^[ -~]+$' AND n % {step} = {step} / 2 LIMIT {people}
"""
STRANGERS = """
SELECT n::text, id::text FROM (
  SELECT row_number() OVER (ORDER BY id) AS n, id FROM directory_user
) AS users WHERE id NOT IN (SELECT user_id FROM directory_membership WHERE group_id = '{group}')
ORDER BY id DESC LIMIT {outsiders}
"""
FIRST_GROUP = "SELECT id::text FROM directory_group ORDER BY id LIMIT 1"


@dataclass(frozen=True, slots=True)
class Sample:
    """Some people, each with a number, the id where ids are numbers, and the id that ours has."""

    users: int
    people: list[tuple[str, str, str]]
    outsiders: list[tuple[str, str]]
    group: str

    def target(self, name: str, url: str, tokens: dict[str, str] | None = None) -> Target:
        """Return a service whose ids are those of ours."""
        people = [(key, user_name) for _number, key, user_name in self.people]
        outsiders = [key for _number, key in self.outsiders]
        return Target(name, url, self.users, people, outsiders, self.group, tokens or {})

    def numbered(self, name: str, url: str) -> Target:
        """Return a service whose ids are numbers, and that knows no filters in paths."""
        people = [(number, user_name) for number, _key, user_name in self.people]
        outsiders = [number for number, _key in self.outsiders]
        return Target(name, url, self.users, people, outsiders, "1", removes_by_filter=False)


def sample(ours: Connection, users: int) -> Sample:
    """Return people from all over the list, and who is not in the first group."""
    (group,) = ours.execute(FIRST_GROUP).fetchall()[0]
    step = max(1, users // PEOPLE)
    people = ours.execute(USERS.format(step=step, people=PEOPLE).encode()).fetchall()
    strangers = STRANGERS.format(group=group, outsiders=OUTSIDERS).encode()
    return Sample(users, people, ours.execute(strangers).fetchall(), group)
