"""Lists of resources: filter, sort, page, render (RFC 7644 sections 3.4.2 and 3.4.3)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from scim_provisioning.scim import urns
from scim_provisioning.scim.attributes import ResourceType
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.cursors import query_of
from scim_provisioning.scim.errors import InvalidFilter, InvalidValue
from scim_provisioning.scim.filters import compile_filter
from scim_provisioning.scim.paging import PageRequest, paginate, read_page
from scim_provisioning.scim.projection import read_projection
from scim_provisioning.scim.sorting import order_by

Adapter = Any
"""UserAdapter or GroupAdapter: what both have, the library's classes do not declare."""
Parameters = Mapping[str, Any]


def list_page(adapter: Adapter, context: Context, parameters: Parameters) -> dict[str, Any]:
    """Return one page of one resource type as a ListResponse."""
    kind: ResourceType = adapter.resource_type(context)
    rows = _filtered(adapter, kind, context, parameters)
    order = order_by(parameters.get("sortBy"), parameters.get("sortOrder"), kind)
    query = query_of(
        kind.name,
        parameters.get("filter"),
        parameters.get("sortBy"),
        parameters.get("sortOrder"),
        context.provider,
    )
    page = paginate(rows, order, read_page(parameters), query)
    resources = adapter.render(page.rows, context, read_projection(parameters, kind))
    return {"schemas": [urns.LIST_RESPONSE], **page.members, "Resources": resources}


def search_all(
    adapters: tuple[Adapter, ...], context: Context, parameters: Parameters
) -> dict[str, Any]:
    """Return one page over several resource types, one type after the other.

    A filter selects nothing of a type that does not know its attributes; it is refused when no
    type does (RFC 7644 section 3.4.2.1).
    """
    request = read_page(parameters)
    if request.cursor is not None:
        raise InvalidValue("A search over all resource types is paged by index only.")
    start, room = request.start_index, request.count or 0
    total, resources = 0, []
    for adapter, rows in _known_to(adapters, context, parameters):
        kind = adapter.resource_type(context)
        order = order_by(parameters.get("sortBy"), parameters.get("sortOrder"), kind)
        page = paginate(rows, order, PageRequest(start, room))
        projection = read_projection(parameters, kind)
        resources += adapter.render(page.rows, context, projection)
        total += page.total
        start, room = max(1, start - page.total), room - len(page.rows)
    return list_response(resources, total, request.start_index)


def list_response(resources: list[dict[str, Any]], total: int, start: int = 1) -> dict[str, Any]:
    """Return a ListResponse body."""
    return {
        "schemas": [urns.LIST_RESPONSE],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def _filtered(
    adapter: Adapter, kind: ResourceType, context: Context, parameters: Parameters
) -> QuerySet[Any]:
    """Return the rows that satisfy the filter, all without one."""
    rows: QuerySet[Any] = adapter.rows()
    text = parameters.get("filter")
    if text in (None, ""):
        return rows
    unquoted = context.profile.unquoted_filter_values
    return rows.filter(compile_filter(text, kind, unquoted=unquoted))


def _known_to(
    adapters: tuple[Adapter, ...], context: Context, parameters: Parameters
) -> list[tuple[Adapter, QuerySet[Any]]]:
    """Return the resource types that know the filter's attributes, with their rows."""
    found, refusals = [], []
    for adapter in adapters:
        try:
            kind = adapter.resource_type(context)
            found.append((adapter, _filtered(adapter, kind, context, parameters)))
        except InvalidFilter as error:
            refusals.append(error)
    if not found:
        raise refusals[0]
    return found
