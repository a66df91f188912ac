"""What a name in a filter, a sort or a path means (RFC 7644 section 3.10)."""

from dataclasses import dataclass

from scim_provisioning.activity.reasons import UNKEPT, UNKNOWN, UNREGISTERED
from scim_provisioning.scim import urns
from scim_provisioning.scim.attributes import Attribute, ResourceType, Schema
from scim_provisioning.scim.grammar import normalised
from scim_provisioning.scim.syntax import AttrPath

NOT_KEPT: dict[str, frozenset[str]] = {
    urns.USER.lower(): frozenset(
        (
            "nickname",
            "profileurl",
            "title",
            "usertype",
            "preferredlanguage",
            "locale",
            "timezone",
            "password",
            "phonenumbers",
            "ims",
            "photos",
            "addresses",
            "entitlements",
            "roles",
            "x509certificates",
            "name.middlename",
            "name.honorificprefix",
            "name.honorificsuffix",
        )
    ),
    urns.ENTERPRISE.lower(): frozenset(
        ("employeenumber", "costcenter", "organization", "division", "manager")
    ),
}
"""Attributes of RFC 7643 that we do not keep, by schema: known, and never present (E-4, E-11)."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a name means: an attribute with or without a sub-attribute, or a whole schema."""

    label: str
    attribute: Attribute | None = None
    sub: Attribute | None = None
    schema: Schema | None = None

    @property
    def is_kept(self) -> bool:
        """Return whether we keep it; what we do not keep is never present."""
        return self.attribute is not None or self.schema is not None


def find(resource_type: ResourceType, path: AttrPath) -> Target | None:
    """Return what the name means for the resource type; None for what does not exist.

    Attributes of extensions are found without their URN too, after the core ones (E-4).
    """
    label = str(path)
    if path.uri and (schema := resource_type.schema(f"{path.uri}:{path.attr}")) is not None:
        if path.sub_attr is None:
            return Target(label, schema=schema)
        path = normalised(path)
    attribute = _attribute(resource_type, path)
    if attribute is None:
        return Target(label) if is_unkept(resource_type, path.uri, path.attr) else None
    if path.sub_attr is None:
        return Target(label, attribute)
    sub = attribute.sub(path.sub_attr)
    if sub is not None:
        return Target(label, attribute, sub)
    name = f"{path.attr}.{path.sub_attr}"
    return Target(label) if is_unkept(resource_type, path.uri, name) else None


def is_unkept(resource_type: ResourceType, urn: str | None, name: str) -> bool:
    """Return whether RFC 7643 declares the attribute and we do not keep it."""
    urns_meant = [urn] if urn else [schema.urn for schema in resource_type.schemas]
    return any(
        resource_type.schema(meant) is not None and name.lower() in NOT_KEPT.get(meant.lower(), ())
        for meant in urns_meant
    )


def reason_to_ignore(resource_type: ResourceType, urn: str | None, name: str) -> str:
    """Return why an attribute that is not in the table is not stored."""
    if urn and urn.lower() == urns.IVANTI.lower() and resource_type.schema(urn):
        return UNREGISTERED
    return UNKEPT if is_unkept(resource_type, urn, name) else UNKNOWN


def _attribute(resource_type: ResourceType, path: AttrPath) -> Attribute | None:
    """Return the attribute of the named schema, else of the first schema that has it."""
    if path.uri is None:
        found = (schema.attribute(path.attr) for schema in resource_type.extensions)
        return resource_type.attribute(path.attr) or next(filter(None, found), None)
    schema = resource_type.schema(path.uri)
    if schema is None:
        return None
    common = resource_type.common(path.attr) if schema is resource_type.core else None
    return schema.attribute(path.attr) or common
