"""The messages of RFC 7644 and the discovery documents of RFC 7643 as JSON Schema."""

from scim_provisioning.scim import bulk_plan, errors, urns
from scim_provisioning.scim.json_schemas import (
    Document,
    flag,
    listed,
    message,
    record,
    ref,
    text,
    whole,
)
from scim_provisioning.scim.operations import MAX_OPERATIONS, VERBS
from scim_provisioning.scim.sorting import ASCENDING, DESCENDING

_METHODS = ["POST", "PUT", "PATCH", "DELETE"]
_REMOVE = "remove"
_TYPES = ["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"]
_MUTABILITY = ["readOnly", "readWrite", "immutable", "writeOnly"]
_RETURNED = ["always", "never", "default", "request"]


def message_schemas() -> Document:
    """Return the schemas of everything that is no resource, by name."""
    return {
        "Error": _error(),
        "ListResponse": _list_response(),
        "SearchRequest": _search_request(),
        "PatchOp": _patch(),
        "BulkRequest": _bulk_request(),
        "BulkResponse": _bulk_response(),
        "ServiceProviderConfig": _service_provider_config(),
        "ResourceType": _resource_type(),
        "Schema": _schema(),
        "Attribute": _attribute(),
    }


def scim_types() -> list[str]:
    """Return the scimTypes that the service answers."""
    kinds = errors.ScimError.__subclasses__()
    return sorted({kind.scim_type for kind in kinds if kind.scim_type})


def _error() -> Document:
    members = {
        "status": text("The status code, as a text", pattern="^[45][0-9]{2}$"),
        "scimType": text("Which error it is", enum=scim_types()),
        "detail": text("What is wrong, for people"),
    }
    return message(urns.ERROR, members, "An error (RFC 7644 section 3.12)", "status", "detail")


def _list_response() -> Document:
    members = {
        "totalResults": whole("How many there are on all pages", minimum=0),
        "startIndex": whole("Number of the first one here; not on a page by cursor", minimum=1),
        "itemsPerPage": whole("How many are here", minimum=0),
        "previousCursor": text("The page before"),
        "nextCursor": text("The page after"),
        "Resources": listed({"type": "object"}, "Those of this page"),
    }
    required = ("totalResults", "itemsPerPage", "Resources")
    return message(
        urns.LIST_RESPONSE, members, "A page of a list (RFC 7644 section 3.4.2)", *required
    )


def _search_request() -> Document:
    names = {"type": "string"}
    members = {
        "attributes": listed(names, "Names of what is shown"),
        "excludedAttributes": listed(names, "Names of what is not shown"),
        "filter": text("Which resources are meant"),
        "sortBy": text("Name of the attribute to sort by"),
        "sortOrder": text(enum=[ASCENDING, DESCENDING]),
        "startIndex": whole("Number of the first one on the page"),
        "count": whole("How many a page has at most"),
        "cursor": text("A page by cursor; an empty one for the first"),
    }
    return message(urns.SEARCH_REQUEST, members, "A query (RFC 7644 section 3.4.3)")


def _patch() -> Document:
    path = text("What is changed (RFC 7644 section 3.5.2)", minLength=1)
    value = {"description": "The new value; with no path, an object of attributes"}
    writes = text(enum=[verb for verb in VERBS if verb != _REMOVE])
    write = record({"op": writes, "path": path, "value": value}, "A write", ("op", "value"))
    removal = {"op": text(enum=[_REMOVE]), "path": path, "value": value}
    remove = record(removal, "A removal, of these values if it has any", ("op", "path"))
    operations = listed(
        {"oneOf": [write, remove]},
        "Changes, applied in order, all or none; any letter case of op is accepted",
        minItems=1,
        maxItems=MAX_OPERATIONS,
    )
    return message(
        urns.PATCH_OP,
        {"Operations": operations},
        "Changes of a resource (RFC 7644 section 3.5.2)",
        "Operations",
    )


def _bulk_request() -> Document:
    members = {
        "method": text(enum=_METHODS),
        "bulkId": text("The client's name for what a POST creates; a POST needs one"),
        "version": text("The version that must be there, as in If-Match"),
        "path": text("Where, below the base address: /Users or /Users/{id}"),
        "data": {"type": "object", "description": "The body of the request"},
    }
    operations = listed(
        record(members, "One request", ("method", "path")),
        "The requests",
        maxItems=bulk_plan.MAX_OPERATIONS,
    )
    fail_on = whole("Stop after so many errors", minimum=1)
    return message(
        urns.BULK_REQUEST,
        {"failOnErrors": fail_on, "Operations": operations},
        "Several requests in one (RFC 7644 section 3.7)",
        "Operations",
    )


def _bulk_response() -> Document:
    members = {
        "method": text("As in the request"),
        "bulkId": text("As in the request"),
        "version": text("Version of the resource now"),
        "location": text("Address of the resource", format="uri-reference"),
        "status": text("The status code, as a text", pattern="^[2-5][0-9]{2}$"),
        "response": {"type": "object", "description": "The body of the answer; an Error's always"},
    }
    operations = listed(record(members, "One answer", ("method", "status")), "The answers")
    return message(
        urns.BULK_RESPONSE,
        {"Operations": operations},
        "The answers to several requests (RFC 7644 section 3.7)",
        "Operations",
    )


def _supported(description: str, **limits: Document) -> Document:
    """Return the schema of an ability."""
    members = {"supported": flag("Whether the service can"), **limits}
    return record(members, description, ("supported", *limits))


def _service_provider_config() -> Document:
    most = whole(minimum=0)
    abilities = {
        "patch": _supported("PATCH"),
        "bulk": _supported("Bulk requests", maxOperations=most, maxPayloadSize=most),
        "filter": _supported("Filters", maxResults=most),
        "changePassword": _supported("Passwords"),
        "sort": _supported("Sorting"),
        "etag": _supported("Versions"),
    }
    scheme = record(
        {name: text() for name in ("type", "name", "description", "specUri")},
        "A way to authenticate",
        ("type", "name", "description"),
    )
    return message(
        urns.SERVICE_PROVIDER_CONFIG,
        {
            **abilities,
            "pagination": _pagination(),
            "authenticationSchemes": listed(scheme, "How clients authenticate"),
            "meta": _meta(),
        },
        "What the service can do (RFC 7643 section 5)",
        *abilities,
        "authenticationSchemes",
    )


def _pagination() -> Document:
    members = {
        "cursor": flag("Whether pages by cursor are offered"),
        "index": flag("Whether pages by index are offered"),
        "defaultPaginationMethod": text(enum=["cursor", "index"]),
        "defaultPageSize": whole(minimum=1),
        "maxPageSize": whole(minimum=1),
        "cursorTimeout": whole("Seconds that a cursor lives", minimum=1),
    }
    return record(members, "Pages of lists (RFC 9865 section 4)", ("cursor", "index"))


def _meta() -> Document:
    members = {"resourceType": text(), "location": text(format="uri-reference")}
    return record(members, "Where this is from", ("resourceType", "location"))


def _resource_type() -> Document:
    extension = record(
        {"schema": text("Its URN"), "required": flag("Whether every resource has it")},
        "An extension",
        ("schema", "required"),
    )
    members = {
        "id": text(),
        "name": text(),
        "description": text(),
        "endpoint": text("Address below the base address"),
        "schema": text("URN of the core schema"),
        "schemaExtensions": listed(extension, "URNs of the extensions"),
        "meta": _meta(),
    }
    required = ("id", "name", "endpoint", "schema")
    return message(
        urns.RESOURCE_TYPE, members, "A kind of resource (RFC 7643 section 6)", *required
    )


def _schema() -> Document:
    members = {
        "id": text("The URN"),
        "name": text(),
        "description": text(),
        "attributes": listed(ref("Attribute"), "What the schema declares"),
        "meta": _meta(),
    }
    return message(
        urns.SCHEMA, members, "A schema (RFC 7643 section 7)", "id", "name", "attributes"
    )


def _attribute() -> Document:
    names = {"type": "string"}
    members = {
        "name": text(),
        "type": text(enum=_TYPES),
        "multiValued": flag(),
        "description": text(),
        "required": flag(),
        "caseExact": flag(),
        "mutability": text(enum=_MUTABILITY),
        "returned": text(enum=_RETURNED),
        "uniqueness": text(enum=["none", "server", "global"]),
        "canonicalValues": listed(names, "Usual values; others are accepted"),
        "referenceTypes": listed(names, "What a reference may point to"),
        "subAttributes": listed(ref("Attribute"), "The parts of a complex attribute"),
    }
    required = ("name", "type", "multiValued", "required", "mutability", "returned")
    return record(members, "An attribute of a schema", required)
