"""THE attribute table: each SCIM attribute declared once, as data.

From it come parsing and type errors, rendering, ``/Schemas`` and ``/ResourceTypes``, the filter
compiler, PATCH paths and projection. What can be written (``state``) and what can be filtered
(``column``) are separate: an attribute that can be filtered is not thereby writable.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from scim_provisioning.scim import urns
from scim_provisioning.scim.columns import (
    Column,
    Elements,
    JsonText,
    Related,
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute or sub-attribute: RFC 7643 section 7, and where it lives in our model."""

    name: str
    type: str = "string"
    description: str = ""
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    uniqueness: str = "none"
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    sub_attributes: tuple["Attribute", ...] = ()
    max_length: int = 1024
    """Longest text, in characters; texts that are indexed have less, for a b-tree's sake."""
    state: str = ""
    """The field of UserState or GroupState that holds it; "" for what cannot be written."""
    column: Column | JsonText | Elements | Related | None = None
    """How filters and sorting read it; None for complex ones, whose sub-attributes say."""

    def sub(self, name: str) -> "Attribute | None":
        """Return the sub-attribute of this name, in any letter case."""
        folded = name.lower()
        return next((item for item in self.sub_attributes if item.name.lower() == folded), None)


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema: a URN and its attributes."""

    urn: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute of this name, in any letter case."""
        folded = name.lower()
        return next((item for item in self.attributes if item.name.lower() == folded), None)


@dataclass(frozen=True, slots=True, eq=False)
class ResourceType:
    """One kind of resource: its core schema and its extensions; what is made of it is cached."""

    name: str
    endpoint: str
    description: str
    core: Schema
    extensions: tuple[Schema, ...] = ()

    @property
    def schemas(self) -> tuple[Schema, ...]:
        """Return the core schema, then the extensions."""
        return (self.core, *self.extensions)

    def schema(self, urn: str) -> Schema | None:
        """Return the schema of this URN, in any letter case."""
        folded = urn.lower()
        return next((item for item in self.schemas if item.urn.lower() == folded), None)

    def common(self, name: str) -> Attribute | None:
        """Return the common attribute (id, externalId, meta, schemas) of this name."""
        folded = name.lower()
        return next((item for item in COMMON if item.name.lower() == folded), None)

    def attribute(self, name: str) -> Attribute | None:
        """Return the core or common attribute of this name, in any letter case."""
        return self.core.attribute(name) or self.common(name)


_RO = "readOnly"

COMMON: tuple[Attribute, ...] = (
    Attribute(
        "schemas",
        type="reference",
        description="URNs of the schemas of this resource",
        multi_valued=True,
        required=True,
        case_exact=True,
        mutability=_RO,
        returned="always",
        reference_types=("uri",),
    ),
    Attribute(
        "id",
        description="Identifier that the service assigned",
        case_exact=True,
        mutability=_RO,
        returned="always",
        uniqueness="server",
        column=Column("id", "uuid"),
    ),
    Attribute(
        "externalId",
        max_length=512,
        description="Identifier that the identity provider assigned",
        case_exact=True,
        state="external_id",
        column=Column("external_id"),
    ),
    Attribute(
        "meta",
        type="complex",
        description="Metadata of the resource",
        mutability=_RO,
        sub_attributes=(
            Attribute(
                "resourceType",
                case_exact=True,
                mutability=_RO,
                column=Column("", "constant"),
            ),
            Attribute(
                "created",
                type="dateTime",
                mutability=_RO,
                column=Column("created_at", "datetime"),
            ),
            Attribute(
                "lastModified",
                type="dateTime",
                mutability=_RO,
                column=Column("modified_at", "datetime"),
            ),
            Attribute(
                "location",
                type="reference",
                case_exact=True,
                mutability=_RO,
                reference_types=("uri",),
                column=Column("id", "location"),
            ),
            Attribute(
                "version",
                case_exact=True,
                mutability=_RO,
                column=Column("version", "version"),
            ),
        ),
    ),
)

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
            mutability=_RO,
            sub_attributes=(
                Attribute(
                    "value",
                    description="Identifier of the group",
                    case_exact=True,
                    mutability=_RO,
                    column=Related("memberships", "group_id", "uuid"),
                ),
                Attribute(
                    "$ref",
                    type="reference",
                    description="Address of the group",
                    case_exact=True,
                    mutability=_RO,
                    reference_types=("Group",),
                    column=Related("memberships", "group_id", "location"),
                ),
                Attribute(
                    "display",
                    description="Name of the group",
                    mutability=_RO,
                    column=Related("memberships", "group__display_name_key"),
                ),
                Attribute(
                    "type",
                    description="Kind of membership",
                    canonical_values=("direct",),
                    mutability=_RO,
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
                    mutability=_RO,
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
