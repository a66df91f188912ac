"""People as SCIM resources, and SCIM resources as the flat attributes that were pushed."""

from typing import Any

from mdm_portal.simulator.people import Person

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
WORK_EMAIL = 'emails[type eq "work"].value'

Flat = dict[str, Any]
"""Attributes by the paths that PATCH knows them by."""


def flat_person(person: Person) -> Flat:
    """Return what is pushed of a person."""
    return {
        "userName": person.user_name,
        "externalId": person.external_id,
        "displayName": person.display_name,
        "name.givenName": person.given_name,
        "name.familyName": person.family_name,
        "active": person.active,
        WORK_EMAIL: person.email,
        f"{ENTERPRISE}:department": person.department,
        **{f"{IVANTI}:{name}": value for name, value in person.custom.items()},
    }


def flat_resource(resource: dict[str, Any]) -> Flat:
    """Return the same attributes of a user as the server shows it."""
    name = resource.get("name") or {}
    emails = resource.get("emails") or []
    work: Flat = next((email for email in emails if email.get("type") == "work"), {})
    return {
        "userName": resource.get("userName"),
        "externalId": resource.get("externalId"),
        "displayName": resource.get("displayName"),
        "name.givenName": name.get("givenName"),
        "name.familyName": name.get("familyName"),
        "active": resource.get("active"),
        WORK_EMAIL: work.get("value"),
        f"{ENTERPRISE}:department": (resource.get(ENTERPRISE) or {}).get("department"),
        **{f"{IVANTI}:{key}": value for key, value in (resource.get(IVANTI) or {}).items()},
    }


def user_body(person: Person) -> dict[str, Any]:
    """Return a person as the body of a POST."""
    body: dict[str, Any] = {
        "schemas": [USER, ENTERPRISE],
        "externalId": person.external_id,
        "userName": person.user_name,
        "active": person.active,
        "displayName": person.display_name,
        "emails": [{"primary": True, "value": person.email, "type": "work"}],
        "name": {"givenName": person.given_name, "familyName": person.family_name},
        ENTERPRISE: {"department": person.department},
    }
    if person.custom:
        body["schemas"] = [*body["schemas"], IVANTI]
        body[IVANTI] = dict(person.custom)
    return body


def patch_body(*operations: dict[str, Any]) -> dict[str, Any]:
    """Return a PatchOp message."""
    return {"schemas": [PATCH_OP], "Operations": list(operations)}
