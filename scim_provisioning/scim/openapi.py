"""The service as an OpenAPI 3.1 document, drawn from the tables that the code itself obeys."""

from collections.abc import Iterable

from scim_provisioning.scim.attributes import ResourceType
from scim_provisioning.scim.json_schemas import Document, ref, text, whole
from scim_provisioning.scim.message_schemas import message_schemas
from scim_provisioning.scim.paging import DEFAULT_COUNT, MAX_RESULTS
from scim_provisioning.scim.resource_schemas import resource_schemas, writable_name
from scim_provisioning.scim.sorting import ASCENDING, DESCENDING

MEDIA_TYPE = "application/scim+json"

_ALWAYS = (400, 401, 500, 503)
_BODY = (413, 415)
_ONE = (404, 412)
_PAGED = ("filter", "sortBy", "sortOrder", "startIndex", "count", "cursor")
_SHOWN = ("attributes", "excludedAttributes")
_CONDITIONS = ("If-Match", "If-None-Match")
_REFUSALS = {
    400: ("BadRequest", "The request is not valid; scimType says in what"),
    401: ("Unauthorized", "The bearer token is missing, unknown, inactive or expired"),
    403: ("Forbidden", "This cannot be filtered"),
    404: ("NotFound", "There is no such resource"),
    409: ("Conflict", "A value that must be unique is taken"),
    412: ("PreconditionFailed", "The resource has changed meanwhile"),
    413: ("PayloadTooLarge", "The body is larger than the service reads"),
    415: ("UnsupportedMediaType", "The body is not announced as JSON"),
    500: ("Internal", "A fault of the service"),
    503: ("Unavailable", "To be sent again: the database did not answer, or turned it back"),
    501: ("NotOffered", "The service does not offer this"),
}
"""What each error is called among the components, and what it says."""


def openapi_document(user_type: ResourceType, group_type: ResourceType, base: str) -> Document:
    """Return the OpenAPI document of the service at the target SCIM URL ``base``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "User provisioning",
            "version": "2.0",
            "description": "SCIM 2.0: RFC 7643, RFC 7644 and, for cursors, RFC 9865.",
        },
        "servers": [{"url": base}],
        "security": [{"bearer": []}],
        "paths": {
            **_resource_paths(user_type),
            **_resource_paths(group_type),
            **_service_paths(user_type, group_type),
            **_discovery_paths(),
        },
        "components": {
            "schemas": {**resource_schemas(user_type, group_type), **message_schemas()},
            "parameters": _parameters(),
            "headers": _headers(),
            "responses": {name: _refusal(status) for status, (name, _said) in _REFUSALS.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _resource_paths(kind: ResourceType) -> Document:
    """Return the addresses of one resource type."""
    name, shown = kind.name, _answer(ref(kind.name), "The resource", "ETag", "Location")
    return {
        kind.endpoint: {
            "get": _operation(f"list{name}s", (), {200: _page(ref(name))}, [*_PAGED, *_SHOWN]),
            "post": _operation(
                f"create{name}",
                (*_BODY, 409),
                {201: _answer(ref(name), "The new resource", "ETag", "Location")},
                _SHOWN,
                writable_name(kind),
            ),
        },
        f"{kind.endpoint}/.search": {
            "post": _operation(
                f"search{name}s", _BODY, {200: _page(ref(name))}, (), "SearchRequest"
            )
        },
        f"{kind.endpoint}/{{id}}": _resource_path(kind, shown),
    }


def _resource_path(kind: ResourceType, shown: Document) -> Document:
    """Return the operations on one resource; only a group's name can be taken by a change."""
    name, asked = kind.name, [*_SHOWN, *_CONDITIONS]
    refused = (*_ONE, *_BODY, 409) if name == "Group" else (*_ONE, *_BODY)
    quiet = {204: {"description": "Changed; some identity providers get no body"}}
    patched = {200: shown, **(quiet if name == "Group" else {})}
    unchanged = {304: {"description": "The client has this version"}}
    return {
        "parameters": [_parameter_ref("id")],
        "get": _operation(f"read{name}", _ONE, {200: shown, **unchanged}, asked),
        "put": _operation(f"replace{name}", refused, {200: shown}, asked, writable_name(kind)),
        "patch": _operation(f"change{name}", refused, patched, asked, "PatchOp"),
        "delete": _operation(f"delete{name}", _ONE, {204: {"description": "Gone"}}, _CONDITIONS),
    }


def _service_paths(*kinds: ResourceType) -> Document:
    """Return the addresses that belong to no resource type."""
    found = _page({"anyOf": [ref(kind.name) for kind in kinds]})
    answers = _answer(ref("BulkResponse"), "The answers, each with a status of its own")
    me = ("get", "post", "put", "patch", "delete")
    return {
        "/.search": {"post": _operation("search", _BODY, {200: found}, (), "SearchRequest")},
        "/Bulk": {"post": _operation("bulk", _BODY, {200: answers}, (), "BulkRequest")},
        "/Me": {method: _operation(f"{method}Me", (501,), {}) for method in me},
    }


def _discovery_paths() -> Document:
    """Return the addresses at which the service tells of itself."""
    configuration = _answer(ref("ServiceProviderConfig"), "What the service can do")
    paths: Document = {
        "/ServiceProviderConfig": {
            "get": _operation("readServiceProviderConfig", (), {200: configuration})
        }
    }
    for name in ("ResourceType", "Schema"):
        one = _answer(ref(name), "The document")
        paths[f"/{name}s"] = {
            "get": _operation(f"list{name}s", (403,), {200: _page(ref(name))}, ["filter"])
        }
        paths[f"/{name}s/{{id}}"] = {
            "parameters": [_parameter_ref("id")],
            "get": _operation(f"read{name}", (403, 404), {200: one}, ["filter"]),
        }
    return paths


def _operation(
    name: str,
    refusals: Iterable[int],
    answers: dict[int, Document],
    parameters: Iterable[str] = (),
    body: str = "",
) -> Document:
    """Return one operation; ``body`` is the name of the schema of what is sent."""
    refused = {
        status: {"$ref": f"#/components/responses/{_REFUSALS[status][0]}"}
        for status in (*_ALWAYS, *refusals)
    }
    responses = sorted({**answers, **refused}.items())
    operation: Document = {
        "operationId": name,
        "responses": {str(status): response for status, response in responses},
    }
    if named := [_parameter_ref(parameter) for parameter in parameters]:
        operation["parameters"] = named
    if body:
        content = {kind: {"schema": ref(body)} for kind in (MEDIA_TYPE, "application/json")}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _answer(schema: Document, description: str, *headers: str) -> Document:
    """Return a response with a body."""
    response: Document = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": schema}},
    }
    if headers:
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    return response


def _page(resource: Document) -> Document:
    """Return the response of a list of such resources."""
    resources = {"properties": {"Resources": {"items": resource}}}
    return _answer({"allOf": [ref("ListResponse"), resources]}, "A page of the list")


def _refusal(status: int) -> Document:
    """Return the response of an error."""
    headers = ("WWW-Authenticate",) if status == 401 else ()
    return _answer(ref("Error"), _REFUSALS[status][1], *headers)


def _parameter_ref(name: str) -> Document:
    """Return a reference to a parameter."""
    return {"$ref": f"#/components/parameters/{name}"}


def _parameters() -> Document:
    """Return the parameters by name."""
    page = f"How many a page has: {DEFAULT_COUNT}, at most {MAX_RESULTS}"
    order = text(enum=[ASCENDING, DESCENDING], default=ASCENDING)
    return {
        "id": {**_parameter("id", "path", text(minLength=1), "The id"), "required": True},
        "filter": _parameter("filter", "query", text(), "Which are meant (RFC 7644 section 3.4.2)"),
        "sortBy": _parameter("sortBy", "query", text(), "Name of the attribute to sort by"),
        "sortOrder": _parameter("sortOrder", "query", order, "Absent values come last ascending"),
        "startIndex": _parameter("startIndex", "query", whole(), "Number of the page's first one"),
        "count": _parameter("count", "query", whole(), page),
        "cursor": _parameter(
            "cursor", "query", text(), "A page by cursor (RFC 9865); empty: first"
        ),
        "attributes": _parameter("attributes", "query", text(), "Names of what is shown, by comma"),
        "excludedAttributes": _parameter(
            "excludedAttributes", "query", text(), "Names of what is not shown, by comma"
        ),
        "If-Match": _parameter("If-Match", "header", text(), "Only this version, else 412"),
        "If-None-Match": _parameter(
            "If-None-Match", "header", text(), "Not this version: else 304 for GET, 412 for others"
        ),
    }


def _parameter(name: str, place: str, schema: Document, description: str) -> Document:
    """Return one parameter."""
    return {"name": name, "in": place, "description": description, "schema": schema}


def _headers() -> Document:
    """Return the headers of answers by name."""
    return {
        "ETag": {"schema": text(), "description": "The version, as in meta.version"},
        "Location": {"schema": text(format="uri"), "description": "Address of the resource"},
        "WWW-Authenticate": {"schema": text(), "required": True, "description": "The challenge"},
    }
