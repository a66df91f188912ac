"""THE attribute table: each SCIM attribute declared once, as data.

From it come parsing and type errors, rendering, ``/Schemas`` and ``/ResourceTypes``, the filter
compiler, PATCH paths and projection. What can be written (``state``) and what can be filtered
(``column``) are separate: an attribute that can be filtered is not thereby writable.
"""

from dataclasses import replace
from functools import lru_cache

from scim_provisioning.scim import urns
from scim_provisioning.scim.columns import (
    Column,
    Elements,
    JsonText,
    Related,
)
from scim_provisioning.scim.declarations import (
    COMMON,
    READ_ONLY,
    Attribute,
    ResourceType,
    Schema,
)

__all__ = ["COMMON", "Attribute", "ResourceType", "Schema"]

USER = Schema(
    urns.USER,
    "User",
    "User Account",
    (
        Attribute(
            "userName",
            max_length=256,
            description="Unique name of the user; cannot change once provisioned",
            required=True,
            mutability="immutable",
            uniqueness="server",
            state="user_name",
            column=Column("user_name_key"),
        ),
        Attribute(
            "name",
            type="complex",
            description="The parts of the user's name",
            sub_attributes=(
                Attribute(
                    "formatted",
                    description="Full name",
                    state="formatted_name",
                    column=Column("formatted_name_key"),
                ),
                Attribute(
                    "familyName",
                    description="Last name",
                    state="family_name",
                    column=Column("family_name_key"),
                ),
                Attribute(
                    "givenName",
                    description="First name",
                    state="given_name",
                    column=Column("given_name_key"),
                ),
            ),
        ),
        Attribute(
            "displayName",
            max_length=256,
            description="Name of the user as people read it",
            state="display_name",
            column=Column("display_name_key"),
        ),
        Attribute(
            "active",
            type="boolean",
            description="Whether the user is enabled; true when a new user does not say",
            required=True,
            state="active",
            column=Column("active", "boolean"),
        ),
        Attribute(
            "emails",
            type="complex",
            multi_valued=True,
            description="E-mail addresses; the primary one, else the first, is written to",
            state="emails",
            sub_attributes=(
                Attribute(
                    "value",
                    max_length=320,
                    description="E-mail address",
                    column=Elements("emails_key", "value"),
                ),
                Attribute(
                    "display",
                    description="Name of the address",
                    column=Elements("emails_key", "display"),
                ),
                Attribute(
                    "type",
                    description="Kind of the address",
                    canonical_values=("work", "home", "other"),
                    column=Elements("emails_key", "type"),
                ),
                Attribute(
                    "primary",
                    type="boolean",
                    description="Whether this is the preferred address",
                    column=Elements("emails_key", "primary", "boolean"),
                ),
            ),
        ),
        Attribute(
            "groups",
            type="complex",
            multi_valued=True,
            description="Groups that the user belongs to; change them through the group",
            mutability=READ_ONLY,
            sub_attributes=(
                Attribute(
                    "value",
                    description="Identifier of the group",
                    case_exact=True,
                    mutability=READ_ONLY,
                    column=Related("memberships", "group_id", "uuid"),
                ),
                Attribute(
                    "$ref",
                    type="reference",
                    description="Address of the group",
                    case_exact=True,
                    mutability=READ_ONLY,
                    reference_types=("Group",),
                    column=Related("memberships", "group_id", "location"),
                ),
                Attribute(
                    "display",
                    description="Name of the group",
                    mutability=READ_ONLY,
                    column=Related("memberships", "group__display_name_key"),
                ),
                Attribute(
                    "type",
                    description="Kind of membership",
                    canonical_values=("direct",),
                    mutability=READ_ONLY,
                    column=Related("memberships", "direct", "constant"),
                ),
            ),
        ),
    ),
)

ENTERPRISE = Schema(
    urns.ENTERPRISE,
    "EnterpriseUser",
    "Enterprise User",
    (
        Attribute(
            "department",
            max_length=256,
            description="Department of the user",
            state="department",
            column=Column("department_key"),
        ),
    ),
)

GROUP = Schema(
    urns.GROUP,
    "Group",
    "Group",
    (
        Attribute(
            "displayName",
            max_length=256,
            description="Name of the group, unique regardless of letter case",
            required=True,
            uniqueness="server",
            state="display_name",
            column=Column("display_name_key"),
        ),
        Attribute(
            "members",
            type="complex",
            multi_valued=True,
            description="Users in the group; groups cannot be members",
            state="members",
            sub_attributes=(
                Attribute(
                    "value",
                    description="Identifier of the user",
                    case_exact=True,
                    mutability="immutable",
                    column=Related("memberships", "user_id", "uuid"),
                ),
                Attribute(
                    "$ref",
                    type="reference",
                    description="Address of the user",
                    case_exact=True,
                    mutability="immutable",
                    reference_types=("User",),
                    column=Related("memberships", "user_id", "location"),
                ),
                Attribute(
                    "display",
                    description="Name of the user",
                    mutability=READ_ONLY,
                    returned="request",
                    column=Related("memberships", "user__display_name_key"),
                ),
                Attribute(
                    "type",
                    description="Kind of member",
                    canonical_values=("User",),
                    mutability="immutable",
                    column=Related("memberships", "User", "constant"),
                ),
            ),
        ),
    ),
)

GROUP_TYPE = ResourceType("Group", "/Groups", "Group", GROUP)
_USER_TYPE = ResourceType("User", "/Users", "User Account", USER, (ENTERPRISE,))


@lru_cache(maxsize=8)
def user_type(custom_attributes: tuple[str, ...]) -> ResourceType:
    """Return the User resource type with the registered custom attributes in its table.

    A new tuple of names is a new table: nothing is frozen at import.
    """
    ivanti = Schema(
        urns.IVANTI,
        "IvantiUser",
        "Custom attributes of the user",
        tuple(_custom_attribute(name) for name in custom_attributes),
    )
    return replace(_USER_TYPE, extensions=(ENTERPRISE, ivanti))


def _custom_attribute(name: str) -> Attribute:
    """Return the declaration of a registered custom attribute (product decision 11)."""
    return Attribute(
        name,
        description=f"Custom attribute, used as ${{{name}}}",
        state=f"custom.{name}",
        column=JsonText("custom_key", name),
    )
