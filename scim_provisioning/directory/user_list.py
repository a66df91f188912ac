"""Users > Users: the list, narrowed down, in the order and with the columns that are asked for."""

from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mdm_portal.portal.finding import find
from mdm_portal.portal.lists import Sorting, paginate, sorting
from mdm_portal.portal.replica import from_replica
from mdm_portal.portal.sections import page_of_sections
from scim_provisioning.directory import selectors
from scim_provisioning.directory.column_choice import chosen_columns
from scim_provisioning.directory.columns import NAME, all_columns, rows
from scim_provisioning.directory.filters import UserFilter
from scim_provisioning.directory.invite_status import with_invite_status
from scim_provisioning.directory.lists import PAGE_SIZES, page_size
from scim_provisioning.directory.selection import list_inputs

RARE = ("invite_status", "email", "group", "department", "attribute", "attribute_value")
"""Filters behind *More filters*."""
SELECT = "select"
UNSEEN = ("emails", "emails_key", "custom_key", "search_text")
"""Wide columns that no row shows: they stay in the database."""


@require_safe
@from_replica
def users(request: HttpRequest) -> HttpResponse:
    """Return the list of users."""
    filters = UserFilter(request.GET, selectors.all_users())
    known = all_columns()
    columns = chosen_columns(request, known)
    order = sorting(request, (NAME, *(column.head for column in columns)), "name")
    page = _page(request, filters, order)
    context = {
        "selecting": _selecting(request, page),
        "sorting": order,
        "page": page,
        "rows": rows(page.object_list, columns),
        "columns": [(column, column in columns) for column in known],
        "email_is_hidden": not any(column.key == "email" for column in columns),
        "page_sizes": PAGE_SIZES,
        "page_size": page_size(request),
    }
    return render(request, "users/list.html", context | _filters(filters))


def _page(request: HttpRequest, filters: UserFilter, order: Sorting) -> Page[Any]:
    """Return the page that the address asks for, by the indexes that there are."""
    users, size = with_invite_status(filters.ordered(order)).defer(*UNSEEN), page_size(request)
    if sections := filters.sections(order):
        return page_of_sections(users, sections, request, size)
    pages = paginate if filters.has_index(order.key) else find
    return pages(users, request, size)


def _selecting(request: HttpRequest, page: Page[Any]) -> dict[str, Any]:
    """Return who is ticked from the start, as the address asks: nobody, this page, or all."""
    asked = request.GET.get(SELECT, "")
    may_be_all = not page.paginator.has_more  # type: ignore[attr-defined]
    is_all = asked == "all" and may_be_all
    is_page = asked == "page"
    shown = len(page.object_list)
    return {
        "inputs": list_inputs(request.GET),
        "is_all": is_all,
        "is_ticked": is_all or is_page,
        "count": page.paginator.count if is_all else shown if is_page else 0,
        "rows": shown,
        "may_be_all": may_be_all,
    }


def _filters(filters: UserFilter) -> dict[str, Any]:
    """Return the filters as the page shows them, with what their boxes suggest."""
    form = filters.form
    rare = [form[name] for name in RARE if name != "attribute_value"]
    has_attributes = bool(form.fields["attribute"].choices[1:])
    return {
        "filters": filters,
        "is_filtered": filters.is_narrow,
        "plain": [form[name] for name in form.fields if name not in RARE],
        "rare": [form[name] for name in RARE if has_attributes or "attribute" not in name],
        "rare_is_used": any(field.errors or form.cleaned_data.get(field.name) for field in rare),
        "suggestions": {
            "group": selectors.group_names(),
            "department": selectors.departments(),
        },
    }
