"""What both make-believe providers share: whom they have linked, and what differs from there."""

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar

from mdm_portal.simulator.client import Resource, ScimClient
from mdm_portal.simulator.people import Person, Team
from mdm_portal.simulator.resources import IVANTI


@dataclass(slots=True)
class LinkedPerson:
    """A person and the id that the server gave."""

    id: str
    pushed: Person


@dataclass(slots=True)
class LinkedTeam:
    """A team and the id that the server gave."""

    id: str
    pushed: Team


class Provider(ABC):
    """One identity provider: remembers links, as the real one does between cycles."""

    name: ClassVar[str]
    user_agent: ClassVar[str]
    workers: ClassVar[int]
    """How many requests the real one has under way at once."""
    hard_delete: ClassVar[bool]
    """Whether leavers are deleted in the end."""

    def __init__(self, client: ScimClient) -> None:
        """Provision through this client."""
        self.client = client
        self.people: dict[int, LinkedPerson] = {}
        self.teams: dict[int, LinkedTeam] = {}
        self.done: Counter[str] = Counter()
        self._lock = Lock()

    @abstractmethod
    def test_connection(self) -> None:
        """Send what the provider's test button sends."""

    @abstractmethod
    def match_person(self, person: Person) -> Resource | None:
        """Return the server's user for a person, if there is one."""

    @abstractmethod
    def create_person(self, person: Person) -> Resource:
        """Return the new user."""

    @abstractmethod
    def update_person(self, user_id: str, person: Person, found: Resource | None) -> bool:
        """Bring a user to the person's state; tell whether that took a change."""

    @abstractmethod
    def match_team(self, team: Team) -> Resource | None:
        """Return the server's group for a team, under either of its names."""

    @abstractmethod
    def create_team(self, team: Team) -> Resource:
        """Return the new group, without members."""

    @abstractmethod
    def rename_team(self, group_id: str, team: Team) -> None:
        """Give a group the team's name."""

    @abstractmethod
    def change_members(self, group_id: str, team: Team, before: frozenset[str]) -> bool:
        """Bring a group's members to the team's; tell whether that took a change."""

    def custom_attributes(self) -> tuple[str, ...]:
        """Return the custom attributes that the service publishes in /Schemas."""
        schemas = self.client.get("/Schemas").get("Resources") or []
        ivanti: Resource = next((one for one in schemas if one.get("id") == IVANTI), {})
        return tuple(attribute["name"] for attribute in ivanti.get("attributes") or [])

    def push_person(self, person: Person) -> None:
        """Provision a person: link, create or update; nothing when nothing changed."""
        linked = self.people.get(person.key)
        if linked is None:
            self._link_person(person)
        elif linked.pushed != person:
            if self.update_person(linked.id, person, None):
                self.count(_step(linked.pushed, person))
            linked.pushed = person

    def push_team(self, team: Team) -> None:
        """Provision a team and its members; nothing when nothing changed."""
        linked = self.teams.get(team.key)
        if linked is None:
            self._link_team(team)
            return
        if linked.pushed.name != team.name:
            self.rename_team(linked.id, team)
            self.count("groups renamed")
        if linked.pushed.members != team.members:
            self._push_members(linked.id, team, self.ids_of(linked.pushed.members))
        linked.pushed = team

    def delete_person(self, key: int) -> None:
        """Delete somebody for good."""
        linked = self.people.pop(key)
        self.client.send("DELETE", f"/Users/{linked.id}", None, 204)
        self.count("users deleted")

    def ids_of(self, members: frozenset[int]) -> frozenset[str]:
        """Return the server's ids of people, those of the deleted left out."""
        return frozenset(self.people[key].id for key in members if key in self.people)

    def count(self, step: str) -> None:
        """Count a step for the summary."""
        with self._lock:
            self.done[step] += 1

    def _link_person(self, person: Person) -> None:
        """Look somebody up, then create or update."""
        found = self.match_person(person)
        if found is None:
            found = self.create_person(person)
            self.count("users created")
        else:
            changed = self.update_person(found["id"], person, found)
            self.count("users matched and updated" if changed else "users matched, unchanged")
        self.people[person.key] = LinkedPerson(found["id"], person)

    def _link_team(self, team: Team) -> None:
        """Look a team up, then create or rename it, then push its members."""
        found = self.match_team(team)
        members: frozenset[str] = frozenset()
        if found is None:
            found = self.create_team(team)
            self.count("groups created")
        else:
            self.count("groups matched")
            members = self._members_now(found["id"])
            if found["displayName"] != team.name:
                self.rename_team(found["id"], team)
                self.count("groups renamed")
        self._push_members(found["id"], team, members)
        self.teams[team.key] = LinkedTeam(found["id"], team)

    def _members_now(self, group_id: str) -> frozenset[str]:
        """Return a found group's members: the real one remembers them from its earlier cycles."""
        group = self.client.get(f"/Groups/{group_id}")
        return frozenset(member["value"] for member in group.get("members") or [])

    def _push_members(self, group_id: str, team: Team, before: frozenset[str]) -> None:
        """Push the members if they differ."""
        if self.change_members(group_id, team, before):
            self.count("member lists pushed")


def _step(before: Person, after: Person) -> str:
    """Return what the summary calls a change."""
    if before.active == after.active:
        return "users updated"
    return "users reactivated" if after.active else "users deactivated"
