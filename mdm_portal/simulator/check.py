"""Whether the server holds what was pushed, found by reading everything back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from mdm_portal.management.progress import Progress
from mdm_portal.simulator.client import quoted
from mdm_portal.simulator.cycle import in_parallel
from mdm_portal.simulator.people import Company, Person, Team
from mdm_portal.simulator.provider import Provider
from mdm_portal.simulator.resources import IVANTI, flat_person, flat_resource

Tally = dict[str, int]


def tally_of(company: Company) -> Tally:
    """Return how much there is of each kind on the provider's side."""
    people, teams = company.people.values(), company.teams.values()
    return {
        "users": len(company.people),
        "active": sum(one.active for one in people),
        "groups": len(company.teams),
        "memberships": sum(len(team.members) for team in teams),
        "custom attribute values": sum(len(one.custom) for one in people),
    }


@dataclass(slots=True)
class Check:
    """Reads back what the provider pushed and notes what differs."""

    provider: Provider
    company: Company
    held: Tally = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def run(self, deleted: Iterable[Person], progress: Progress) -> None:
        """Read all users and groups; those who were deleted must not be found."""
        self.held = dict.fromkeys(tally_of(self.company), 0)
        workers = self.provider.workers
        people, teams = list(self.company.people.values()), list(self.company.teams.values())
        in_parallel(people, self._check_person, workers, progress, "Reading back: users")
        in_parallel(list(deleted), self._check_gone, workers, progress, "Reading back: deleted")
        in_parallel(teams, self._check_team, workers, progress, "Reading back: groups")
        self.differences.sort()

    def _check_person(self, person: Person) -> None:
        """Compare one user with the person."""
        linked = self.provider.people[person.key]
        user = self.provider.client.get(f"/Users/{linked.id}", 200, 404)
        if user.get("id") != linked.id:
            self._differ(person.user_name, "user", "gone", linked.id)
            return
        seen = flat_resource(user)
        for name, wanted in flat_person(person).items():
            if seen.get(name) != wanted:
                self._differ(person.user_name, name, seen.get(name), wanted)
        groups = {group["value"] for group in user.get("groups") or []}
        expected = {
            self.provider.teams[team.key].id
            for team in self.company.teams.values()
            if person.key in team.members
        }
        if not expected <= groups:
            self._differ(person.user_name, "groups", len(groups & expected), len(expected))
        values = sum(1 for name in seen if name.startswith(f"{IVANTI}:"))
        self._hold(users=1, active=int(seen["active"] is True), values=values)

    def _check_team(self, team: Team) -> None:
        """Compare one group with the team, members included."""
        linked = self.provider.teams[team.key]
        group = self.provider.client.get(f"/Groups/{linked.id}", 200, 404)
        if group.get("id") != linked.id:
            self._differ(team.name, "group", "gone", linked.id)
            return
        if group.get("displayName") != team.name:
            self._differ(team.name, "displayName", group.get("displayName"), team.name)
        members = {member["value"] for member in group.get("members") or []}
        expected = self.provider.ids_of(team.members)
        if members != expected:
            missing, extra = len(expected - members), len(members - expected)
            found = f"{missing} missing, {extra} too many"
            self._differ(team.name, "members", found, f"{len(expected)} members")
        self._hold(groups=1, memberships=len(members))

    def _check_gone(self, person: Person) -> None:
        """See that a deleted person cannot be found any more."""
        found = self.provider.client.find("/Users", f"userName eq {quoted(person.user_name)}")
        if found is not None:
            self._differ(person.user_name, "user", "there", "deleted")

    def _differ(self, who: str, what: str, seen: Any, wanted: Any) -> None:
        """Note one difference."""
        with self._lock:
            self.differences.append(f"{who}: {what} is {seen!r}, pushed {wanted!r}")

    def _hold(self, *, values: int = 0, **counts: int) -> None:
        """Add to what the server holds."""
        with self._lock:
            for name, count in {**counts, "custom attribute values": values}.items():
                self.held[name] += count
