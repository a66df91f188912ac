"""Microsoft Entra ID in both dialects: match, create, then PATCH what differs (E-1 to E-22)."""

from typing import Any, ClassVar
from uuid import uuid4

from mdm_portal.simulator.client import Resource, quoted
from mdm_portal.simulator.people import Person, Team
from mdm_portal.simulator.provider import Provider
from mdm_portal.simulator.resources import (
    ENTERPRISE,
    GROUP,
    flat_person,
    flat_resource,
    patch_body,
    user_body,
)

MICROSOFT_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
MEMBERS_AT_ONCE = 100

Operation = dict[str, Any]


class Entra(Provider):
    """The SCIM-compliant dialect: the tenant URL ends with ``?aadOptscim062020``."""

    name: ClassVar[str] = "Entra ID"
    user_agent: ClassVar[str] = ""
    workers: ClassVar[int] = 6
    hard_delete: ClassVar[bool] = True

    def test_connection(self) -> None:
        """Look for somebody who cannot exist (E-1)."""
        found = self.client.get("/Users", filter=f'userName eq "{uuid4()}"')
        if found.get("totalResults") != 0:
            self.count("users found that cannot exist")

    def match_person(self, person: Person) -> Resource | None:
        """Look a userName up (E-3)."""
        return self.client.find("/Users", f"userName eq {quoted(person.user_name)}")

    def create_person(self, person: Person) -> Resource:
        """Create a user (E-5)."""
        return self.client.send("POST", "/Users", new_user(person), 201)

    def update_person(self, user_id: str, person: Person, found: Resource | None) -> bool:
        """PATCH what differs from what the server had (E-6 to E-8)."""
        if found is None:
            linked = self.people[person.key].pushed
            present = flat_person(linked)
        else:
            present = flat_resource(found)
        wanted = flat_person(person)
        differing = {path: value for path, value in wanted.items() if present.get(path) != value}
        if differing:
            body = patch_body(*self.user_operations(differing))
            self.client.send("PATCH", f"/Users/{user_id}", body, 200, 204)
        return bool(differing)

    def match_team(self, team: Team) -> Resource | None:
        """Look a group up, without its members (E-15)."""
        for name in (team.name, team.other_name):
            found = self.client.find(
                "/Groups", f"displayName eq {quoted(name)}", excludedAttributes="members"
            )
            if found:
                return found
        return None

    def create_team(self, team: Team) -> Resource:
        """Create a group (E-16)."""
        body = {
            "schemas": [GROUP, MICROSOFT_GROUP],
            "externalId": team.external_id,
            "displayName": team.name,
            "meta": {"resourceType": "Group"},
        }
        return self.client.send("POST", "/Groups", body, 201)

    def rename_team(self, group_id: str, team: Team) -> None:
        """Rename (E-18)."""
        self._patch(group_id, self.operation("Replace", "displayName", team.name))

    def change_members(self, group_id: str, team: Team, before: frozenset[str]) -> bool:
        """Add and remove members, some at once (E-19, E-20)."""
        after = self.ids_of(team.members)
        for ids in _portions(after - before):
            value = [{"$ref": None, "value": user_id} for user_id in ids]
            self._patch(group_id, self.operation("Add", "members", value))
        for ids in _portions(before - after):
            self._patch(group_id, *self.removals(ids))
        return after != before

    def user_operations(self, differing: dict[str, Any]) -> list[Operation]:
        """Return one operation without a path, its keys dotted and with URNs (E-7)."""
        return [{"op": "replace", "value": differing}]

    def removals(self, ids: list[str]) -> list[Operation]:
        """Return removals by filter (E-20)."""
        return [{"op": "remove", "path": f'members[value eq "{user_id}"]'} for user_id in ids]

    def operation(self, verb: str, path: str, value: Any) -> Operation:
        """Return an operation in this dialect's spelling."""
        return {"op": verb.lower(), "path": path, "value": value}

    def _patch(self, group_id: str, *operations: Operation) -> None:
        """PATCH a group."""
        self.client.send("PATCH", f"/Groups/{group_id}", patch_body(*operations), 200, 204)


def new_user(person: Person) -> dict[str, Any]:
    """Return the body of a POST, with the nulls and empty lists that Entra ID sends (E-5)."""
    body = user_body(person)
    body.update({"addresses": None, "roles": [], "meta": {"resourceType": "User"}})
    body["name"]["formatted"] = person.display_name
    body[ENTERPRISE]["manager"] = None
    return body


class EntraLegacy(Entra):
    """The older dialect, still the default of many tenants."""

    name: ClassVar[str] = "Entra ID, older dialect"

    def user_operations(self, differing: dict[str, Any]) -> list[Operation]:
        """Return one operation an attribute, booleans as texts (E-6, E-8)."""
        return [
            {"op": "Replace", "path": path, "value": str(value)}
            for path, value in differing.items()
        ]

    def removals(self, ids: list[str]) -> list[Operation]:
        """Return one removal with a list of values, which means these only (E-20)."""
        value = [{"$ref": None, "value": user_id} for user_id in ids]
        return [{"op": "Remove", "path": "members", "value": value}]

    def operation(self, verb: str, path: str, value: Any) -> Operation:
        """Return an operation with a capital."""
        return {"op": verb, "path": path, "value": value}


def _portions(ids: frozenset[str]) -> list[list[str]]:
    """Return the ids in lists of MEMBERS_AT_ONCE."""
    ordered = sorted(ids)
    return [ordered[at : at + MEMBERS_AT_ONCE] for at in range(0, len(ordered), MEMBERS_AT_ONCE)]
