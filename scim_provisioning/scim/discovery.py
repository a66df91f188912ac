"""ServiceProviderConfig, ResourceTypes and Schemas, drawn from what the code itself obeys."""

from typing import Any

from scim_provisioning.scim import urns
from scim_provisioning.scim.attributes import Attribute, ResourceType, Schema
from scim_provisioning.scim.bulk import MAX_PAYLOAD
from scim_provisioning.scim.bulk_plan import MAX_OPERATIONS
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.cursors import LIFETIME
from scim_provisioning.scim.paging import DEFAULT_COUNT, MAX_RESULTS

Document = dict[str, Any]


def service_provider_config(context: Context) -> Document:
    """Return the service's abilities (RFC 7643 section 5)."""
    return {
        "schemas": [urns.SERVICE_PROVIDER_CONFIG],
        "patch": {"supported": True},
        "bulk": {
            "supported": True,
            "maxOperations": MAX_OPERATIONS,
            "maxPayloadSize": MAX_PAYLOAD,
        },
        "filter": {"supported": True, "maxResults": MAX_RESULTS},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": DEFAULT_COUNT,
            "maxPageSize": MAX_RESULTS,
            "cursorTimeout": LIFETIME,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "OAuth Bearer Token",
                "description": "A token generated under Admin > Identity > User Provisioning",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": True,
            }
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{context.base}/ServiceProviderConfig",
        },
    }


def resource_types(context: Context) -> list[Document]:
    """Return the kinds of resources (RFC 7643 section 6)."""
    return [_resource_type(kind, context) for kind in (context.user_type, context.group_type)]


def schemas(context: Context) -> list[Document]:
    """Return all schemas (RFC 7643 section 7), a custom attribute as soon as it is registered."""
    kinds = (context.user_type, context.group_type)
    published = [schema for kind in kinds for schema in (kind.core, *_extensions(kind))]
    return [_schema(schema, context) for schema in published]


def _extensions(kind: ResourceType) -> list[Schema]:
    """Return the extensions that have attributes: clients try each one that is announced."""
    return [extension for extension in kind.extensions if extension.attributes]


def _resource_type(kind: ResourceType, context: Context) -> Document:
    """Return one resource type."""
    return {
        "schemas": [urns.RESOURCE_TYPE],
        "id": kind.name,
        "name": kind.name,
        "description": kind.description,
        "endpoint": kind.endpoint,
        "schema": kind.core.urn,
        "schemaExtensions": [
            {"schema": extension.urn, "required": False} for extension in _extensions(kind)
        ],
        "meta": {
            "resourceType": "ResourceType",
            "location": f"{context.base}/ResourceTypes/{kind.name}",
        },
    }


def _schema(schema: Schema, context: Context) -> Document:
    """Return one schema with its attributes."""
    return {
        "schemas": [urns.SCHEMA],
        "id": schema.urn,
        "name": schema.name,
        "description": schema.description,
        "attributes": [_attribute(attribute) for attribute in schema.attributes],
        "meta": {
            "resourceType": "Schema",
            "location": f"{context.base}/Schemas/{schema.urn}",
        },
    }


def _attribute(attribute: Attribute) -> Document:
    """Return one attribute's characteristics, those that its type has."""
    document: Document = {
        "name": attribute.name,
        "type": attribute.type,
        "multiValued": attribute.multi_valued,
        "description": attribute.description,
        "required": attribute.required,
        "mutability": attribute.mutability,
        "returned": attribute.returned,
    }
    if attribute.type in ("string", "reference"):
        document["caseExact"] = attribute.case_exact
        document["uniqueness"] = attribute.uniqueness
    if attribute.canonical_values:
        document["canonicalValues"] = list(attribute.canonical_values)
    if attribute.reference_types:
        document["referenceTypes"] = list(attribute.reference_types)
    if attribute.sub_attributes:
        document["subAttributes"] = [_attribute(sub) for sub in attribute.sub_attributes]
    return document
