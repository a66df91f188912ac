"""Lists of resources: filter, sort, page, render (RFC 7644 sections 3.4.2 and 3.4.3)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import OrderBy

from scim_provisioning.directory.selectors import totals_of
from scim_provisioning.scim import urns
from scim_provisioning.scim.attributes import ResourceType
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.cursors import query_of
from scim_provisioning.scim.errors import InvalidFilter, InvalidValue
from scim_provisioning.scim.filters import compile_filter
from scim_provisioning.scim.paging import (
    Listed,
    OrderedList,
    PageRequest,
    page_by_cursor,
    page_by_index,
    read_page,
)
from scim_provisioning.scim.plain_reads import Adapter, Everything, Rows, plain_list
from scim_provisioning.scim.projection import Projection, read_projection
from scim_provisioning.scim.sorting import order_by

Parameters = Mapping[str, Any]


def list_page(adapter: Adapter, context: Context, parameters: Parameters) -> dict[str, Any]:
    """Return one page of one resource type as a ListResponse."""
    kind: ResourceType = adapter.resource_type(context)
    condition = _condition(kind, context, parameters)
    order = order_by(parameters.get("sortBy"), parameters.get("sortOrder"), kind)
    request, projection = read_page(parameters), read_projection(parameters, kind)
    written = _written(adapter, context, projection)
    is_bare, is_by_id = not projection.wants("groups"), len(order) == 1
    plain = plain_list(adapter, condition, is_by_id=is_by_id, is_bare=is_bare, written=written)
    listed: Listed[Any] = plain or _ordered(adapter, condition, order)
    if request.cursor is None:
        page = page_by_index(listed, request)
    else:
        page = page_by_cursor(listed, request, _query(kind, context, parameters))
    is_written = written and isinstance(plain, Everything)
    resources = page.rows if is_written else adapter.render(page.rows, context, projection)
    return {"schemas": [urns.LIST_RESPONSE], **page.members, "Resources": resources}


def _written(adapter: Adapter, context: Context, projection: Projection) -> Rows | None:
    """Return what reads resources with their JSON, where nothing but their order is asked for."""
    if adapter.written is None or not projection.is_default:
        return None
    return partial(adapter.written, context)


def _query(kind: ResourceType, context: Context, parameters: Parameters) -> str:
    """Return what the cursors of a list belong to."""
    return query_of(
        kind.name,
        parameters.get("filter"),
        parameters.get("sortBy"),
        parameters.get("sortOrder"),
        context.provider,
    )


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
        page = page_by_index(OrderedList(rows, order), PageRequest(start, room))
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


def _condition(kind: ResourceType, context: Context, parameters: Parameters) -> Q | None:
    """Return what the filter means; None without one."""
    text = parameters.get("filter")
    if text in (None, ""):
        return None
    return compile_filter(text, kind, unquoted=context.profile.unquoted_filter_values)


def _ordered(adapter: Adapter, condition: Q | None, order: list[OrderBy]) -> OrderedList[Any]:
    """Return the rows that satisfy a condition in an order; how many there are of all is known."""
    total = (lambda: totals_of(adapter.total)[0]) if condition is None else None
    return OrderedList(_filtered(adapter, condition), order, total)


def _filtered(adapter: Adapter, condition: Q | None) -> QuerySet[Any]:
    """Return the rows that satisfy a condition, all without one."""
    rows: QuerySet[Any] = adapter.rows()
    return rows if condition is None else rows.filter(condition)


def _known_to(
    adapters: tuple[Adapter, ...], context: Context, parameters: Parameters
) -> list[tuple[Adapter, QuerySet[Any]]]:
    """Return the resource types that know the filter's attributes, with their rows."""
    found, refusals = [], []
    for adapter in adapters:
        try:
            kind = adapter.resource_type(context)
            condition = _condition(kind, context, parameters)
            found.append((adapter, _filtered(adapter, condition)))
        except InvalidFilter as error:
            refusals.append(error)
    if not found:
        raise refusals[0]
    return found
