"""Okta: look-up, POST, GET and PUT of profiles, PATCH of active and of groups (O-6 to O-20)."""

from typing import Any, ClassVar

from mdm_portal.simulator.client import Resource, quoted
from mdm_portal.simulator.people import Person, Team
from mdm_portal.simulator.provider import Provider
from mdm_portal.simulator.resources import (
    ENTERPRISE,
    GROUP,
    IVANTI,
    flat_person,
    flat_resource,
    patch_body,
    user_body,
)

PAGE = {"startIndex": "1", "count": "100"}


class Okta(Provider):
    """A template app of Okta's catalogue: profiles by PUT, activation and groups by PATCH."""

    name: ClassVar[str] = "Okta"
    user_agent: ClassVar[str] = "OKTA SCIM Integration"
    workers: ClassVar[int] = 4
    hard_delete: ClassVar[bool] = False

    def test_connection(self) -> None:
        """List one user (O-6)."""
        self.client.get("/Users", startIndex="1", count="1")

    def match_person(self, person: Person) -> Resource | None:
        """Look a userName up (O-7)."""
        return self.client.find("/Users", f"userName eq {quoted(person.user_name)}", **PAGE)

    def create_person(self, person: Person) -> Resource:
        """Create a user, with the filler that Okta sends (O-8)."""
        body = {**user_body(person), "locale": "en-US", "groups": [], "password": "1mz050nq"}
        return self.client.send("POST", "/Users", body, 201)

    def update_person(self, user_id: str, person: Person, found: Resource | None) -> bool:
        """Read the user, PUT it back edited (O-10); activation is a PATCH of its own (O-11)."""
        read = self.client.get(f"/Users/{user_id}")
        wanted, present = flat_person(person), flat_resource(read)
        active = wanted.pop("active")
        profile_differs = any(present.get(path) != value for path, value in wanted.items())
        if profile_differs:
            self.client.send("PUT", f"/Users/{user_id}", _edited(read, person), 200)
        if present["active"] != active:
            body = patch_body({"op": "replace", "value": {"active": active}})
            self.client.send("PATCH", f"/Users/{user_id}", body, 200, 204)
        return profile_differs or present["active"] != active

    def match_team(self, team: Team) -> Resource | None:
        """Link to an existing group by its name (O-15)."""
        for name in (team.name, team.other_name):
            found = self.client.find("/Groups", f"displayName eq {quoted(name)}", **PAGE)
            if found:
                return found
        return None

    def create_team(self, team: Team) -> Resource:
        """Create an empty group (O-16)."""
        body = {"schemas": [GROUP], "displayName": team.name, "members": []}
        return self.client.send("POST", "/Groups", body, 201)

    def rename_team(self, group_id: str, team: Team) -> None:
        """Rename, with the id inside the value (O-17)."""
        value = {"id": group_id, "displayName": team.name}
        self._patch(group_id, {"op": "replace", "value": value})

    def change_members(self, group_id: str, team: Team, before: frozenset[str]) -> bool:
        """Push all members to a group that had none, else removals and additions (O-18, O-19)."""
        names = {self.people[key].id: self.people[key].pushed.user_name for key in team.members}
        if names.keys() == before:
            return False
        joined = [
            {"value": key, "display": names[key]} for key in sorted(names) if key not in before
        ]
        if not before:
            self._patch(group_id, {"op": "replace", "path": "members", "value": joined})
            return True
        gone = sorted(before - names.keys())
        removals = [{"op": "remove", "path": f'members[value eq "{key}"]'} for key in gone]
        additions = [{"op": "add", "path": "members", "value": joined}] if joined else []
        self._patch(group_id, *removals, *additions)
        return True

    def _patch(self, group_id: str, *operations: dict[str, Any]) -> None:
        """PATCH a group."""
        self.client.send("PATCH", f"/Groups/{group_id}", patch_body(*operations), 200, 204)


def _edited(read: Resource, person: Person) -> Resource:
    """Return the user as read, with the person's profile in it, active as it was."""
    body = {**read, **user_body(person), "active": read["active"]}
    body["schemas"] = read["schemas"]
    body[ENTERPRISE] = {**(read.get(ENTERPRISE) or {}), "department": person.department}
    if person.custom:
        body[IVANTI] = {**(read.get(IVANTI) or {}), **person.custom}
    return body
