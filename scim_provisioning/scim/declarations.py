"""What an attribute, a schema and a resource type are, and the attributes that all resources have.

Names count in any letter case (RFC 7643 section 2.1); each value of a request has its name looked
up, hence the dictionaries.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

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
    _subs: "dict[str, Attribute]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_subs", _by_name(self.sub_attributes))

    def sub(self, name: str) -> "Attribute | None":
        """Return the sub-attribute of this name, in any letter case."""
        return self._subs.get(name.lower())


def _by_name(attributes: Iterable[Attribute]) -> dict[str, Attribute]:
    """Return attributes by their names in lower case."""
    return {attribute.name.lower(): attribute for attribute in attributes}


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema: a URN and its attributes."""

    urn: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]
    _attributes: dict[str, Attribute] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_attributes", _by_name(self.attributes))

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute of this name, in any letter case."""
        return self._attributes.get(name.lower())


@dataclass(frozen=True, slots=True, eq=False)
class ResourceType:
    """One kind of resource: its core schema and its extensions; what is made of it is cached."""

    name: str
    endpoint: str
    description: str
    core: Schema
    extensions: tuple[Schema, ...] = ()
    _schemas: dict[str, Schema] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_urn = {schema.urn.lower(): schema for schema in self.schemas}
        object.__setattr__(self, "_schemas", by_urn)

    @property
    def schemas(self) -> tuple[Schema, ...]:
        """Return the core schema, then the extensions."""
        return (self.core, *self.extensions)

    def schema(self, urn: str) -> Schema | None:
        """Return the schema of this URN, in any letter case."""
        return self._schemas.get(urn.lower())

    def common(self, name: str) -> Attribute | None:
        """Return the common attribute (id, externalId, meta, schemas) of this name."""
        return _COMMON.get(name.lower())

    def attribute(self, name: str) -> Attribute | None:
        """Return the core or common attribute of this name, in any letter case."""
        return self.core.attribute(name) or self.common(name)


READ_ONLY = "readOnly"

COMMON: tuple[Attribute, ...] = (
    Attribute(
        "schemas",
        type="reference",
        description="URNs of the schemas of this resource",
        multi_valued=True,
        required=True,
        case_exact=True,
        mutability=READ_ONLY,
        returned="always",
        reference_types=("uri",),
    ),
    Attribute(
        "id",
        description="Identifier that the service assigned",
        case_exact=True,
        mutability=READ_ONLY,
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
        mutability=READ_ONLY,
        sub_attributes=(
            Attribute(
                "resourceType",
                case_exact=True,
                mutability=READ_ONLY,
                column=Column("", "constant"),
            ),
            Attribute(
                "created",
                type="dateTime",
                mutability=READ_ONLY,
                column=Column("created_at", "datetime"),
            ),
            Attribute(
                "lastModified",
                type="dateTime",
                mutability=READ_ONLY,
                column=Column("modified_at", "datetime"),
            ),
            Attribute(
                "location",
                type="reference",
                case_exact=True,
                mutability=READ_ONLY,
                reference_types=("uri",),
                column=Column("id", "location"),
            ),
            Attribute(
                "version",
                case_exact=True,
                mutability=READ_ONLY,
                column=Column("version", "version"),
            ),
        ),
    ),
)

_COMMON = _by_name(COMMON)
