"""Users of the floor: one statement a request, no token, no validation, no trail."""

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from bench.scim.floor.sql import Row, answer, body, fetch, missing
from mdm_portal.simulator.resources import ENTERPRISE, USER

COLUMNS = (
    "id, external_id, user_name, display_name, given_name, family_name, department, email, active, "
    "version, created_at, modified_at"
)
WRITTEN = "external_id, user_name, display_name, given_name, family_name, department, email, active"
FIND = f"SELECT {COLUMNS} FROM users WHERE lower(user_name) = lower(%s)"
READ = f"SELECT {COLUMNS} FROM users WHERE id = %s"
INSERT = f"""
INSERT INTO users ({WRITTEN}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING {COLUMNS}
"""
REPLACE = f"""
UPDATE users SET ({WRITTEN}) = (%s, %s, %s, %s, %s, %s, %s, %s),
  version = version + 1, modified_at = now() WHERE id = %s RETURNING {COLUMNS}
"""
CHANGE = f"""
UPDATE users SET %s, version = version + 1, modified_at = now() WHERE id = %%s RETURNING {COLUMNS}
"""
# Nobody ever leaves, so numbers have no gaps: the n-th user is found by index.
PAGE = f"SELECT {COLUMNS} FROM users WHERE number >= %s ORDER BY number LIMIT %s"
COUNT = "SELECT max(number) FROM users"

FILTER = re.compile(r'^userName eq "([^"]*)"$')
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
COLUMN_OF = {
    "active": "active",
    "displayName": "display_name",
    "name.givenName": "given_name",
    "name.familyName": "family_name",
}


def users(request: HttpRequest) -> HttpResponse:
    """Answer a look-up, a page of the list, or a creation."""
    if request.method == "POST":
        return answer(_document(fetch(INSERT, *_values(body(request)))[0]), 201)
    if "filter" in request.GET:
        found = FILTER.match(request.GET["filter"])
        rows = fetch(FIND, found[1]) if found else []
        return _list(rows, len(rows), 1)
    start = int(request.GET.get("startIndex", 1))
    rows = fetch(PAGE, start, int(request.GET.get("count", 100)))
    return _list(rows, fetch(COUNT)[0][0] or 0, start)


def user(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer GET, PUT and PATCH of one user."""
    if request.method == "PUT":
        rows = fetch(REPLACE, *_values(body(request)), key)
    elif request.method == "PATCH":
        rows = _change(key, body(request)["Operations"])
    else:
        rows = fetch(READ, key)
    return answer(_document(rows[0])) if rows else missing()


def _change(key: UUID, operations: list[dict[str, Any]]) -> list[Row]:
    """Write what the operations of a PATCH replace."""
    values: dict[str, Any] = {}
    for operation in operations:
        path, value = operation.get("path"), operation["value"]
        values |= {path: value} if path else value
    parts = ", ".join(f"{COLUMN_OF[path]} = %s" for path in values)
    return fetch(CHANGE % parts, *values.values(), key)


def _values(document: dict[str, Any]) -> tuple[Any, ...]:
    """Return the columns that are written of a user as sent."""
    name = document.get("name") or {}
    emails = document.get("emails") or [{}]
    return (
        document.get("externalId", ""),
        document["userName"],
        document.get("displayName", ""),
        name.get("givenName", ""),
        name.get("familyName", ""),
        (document.get(ENTERPRISE) or {}).get("department", ""),
        emails[0].get("value", ""),
        document.get("active", True),
    )


def _list(rows: list[Row], total: int, start: int) -> HttpResponse:
    """Return a ListResponse."""
    return answer(
        {
            "schemas": [LIST],
            "totalResults": total,
            "startIndex": start,
            "itemsPerPage": len(rows),
            "Resources": [_document(row) for row in rows],
        }
    )


def _document(row: Row) -> dict[str, Any]:
    """Return a user as a resource."""
    key, external, name, display, given, family, department, email, active, version, *times = row
    return {
        "schemas": [USER, ENTERPRISE],
        "id": key,
        "externalId": external,
        "userName": name,
        "displayName": display,
        "name": {"givenName": given, "familyName": family},
        "emails": [{"value": email, "type": "work", "primary": True}],
        "active": active,
        ENTERPRISE: {"department": department},
        "meta": {
            "resourceType": "User",
            "created": times[0],
            "lastModified": times[1],
            "location": f"http://localhost/scim/v2/Users/{key}",
            "version": f'W/"{version}"',
        },
    }
