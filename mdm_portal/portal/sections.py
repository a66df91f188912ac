"""Lists of sections, one after the other: each has an index in its order, all together have none.

A leaf that any room may import: it knows Django and the pages of lists.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest

from mdm_portal.portal import lists


class SectionPaginator(lists.BoundedPaginator):
    """Pages over rows that are in the order of their sections; no section is put in order anew."""

    def __init__(
        self, rows: QuerySet[Any], sections: Sequence[QuerySet[Any]], per_page: int
    ) -> None:
        """Remember the rows, and the sections that have all of them."""
        super().__init__(rows, per_page)
        self._sections = sections

    @cached_property
    def _counts(self) -> list[int]:
        """Return how many rows each section gives to the list, one more than MOST in all."""
        counts: list[int] = []
        for section in self._sections:
            counts.append(lists.count_up_to(section, lists.MOST + 1 - sum(counts)))
        return counts

    @cached_property
    def _counted(self) -> int:
        return sum(self._counts)

    def _keys(self, number: int) -> list[Any]:
        """Return the keys of a page."""
        keys: list[Any] = []
        top = number * self.per_page
        bottom = top - self.per_page
        for section, count in zip(self._sections, self._counts, strict=True):
            within = slice(max(bottom, 0), max(min(top, count), 0))
            keys += section.values_list("pk", flat=True)[within]
            bottom, top = bottom - count, top - count
        return keys


def page_of_sections(
    rows: QuerySet[Any], sections: Sequence[QuerySet[Any]], request: HttpRequest, size: int
) -> Page[Any]:
    """Return the page that the address asks for of rows that stand section by section."""
    return SectionPaginator(rows, sections, size).get_page(request.GET.get(lists.PAGE))
