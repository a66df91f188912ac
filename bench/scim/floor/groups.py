"""Groups of the floor: one statement a request."""

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from bench.scim.floor.sql import answer, body, fetch, missing
from mdm_portal.simulator.resources import GROUP

READ = "SELECT id, display_name, version, created_at, modified_at FROM groups WHERE id = %s"
ADD = """
WITH joined AS (
  INSERT INTO memberships (group_id, user_id) SELECT %s, unnest(%s::uuid[]) ON CONFLICT DO NOTHING
)
UPDATE groups SET version = version + 1, modified_at = now() WHERE id = %s RETURNING version
"""
REMOVE = """
WITH gone AS (DELETE FROM memberships WHERE group_id = %s AND user_id = ANY(%s::uuid[]))
UPDATE groups SET version = version + 1, modified_at = now() WHERE id = %s RETURNING version
"""
PATH = re.compile(r'^members\[value eq "([^"]*)"\]$')


def group(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer a GET without members, and a PATCH of members."""
    if request.method == "PATCH":
        for operation in body(request)["Operations"]:
            _change(key, operation)
        return HttpResponse(status=204)
    rows = fetch(READ, key)
    return answer(_document(rows[0])) if rows else missing()


def _change(key: UUID, operation: dict[str, Any]) -> None:
    """Add members, or remove one."""
    found = PATH.match(operation["path"])
    members = [found[1]] if found else [member["value"] for member in operation["value"]]
    fetch(REMOVE if operation["op"].lower() == "remove" else ADD, key, members, key)


def _document(row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a group as a resource."""
    key, name, version, created, modified = row
    return {
        "schemas": [GROUP],
        "id": key,
        "displayName": name,
        "meta": {
            "resourceType": "Group",
            "created": created,
            "lastModified": modified,
            "location": f"http://localhost/scim/v2/Groups/{key}",
            "version": f'W/"{version}"',
        },
    }
