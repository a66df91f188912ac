"""Pages by key: the last of a million rows costs what the first does."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class Pages(CursorPagination):
    """Pages of a hundred, in an order of unique keys."""

    page_size = 100
    max_page_size = 500
    page_size_query_param = "page_size"
    page_size_query_description = "How many there are on a page: 1 to 500, else 100"
    cursor_query_description = "Where a page begins: follow `next` and `previous`"
    position: Callable[[str], object] = str
    """Reads the key at which a page begins; raises ValueError for none."""

    def get_page_size(self, request: Request) -> int:
        """Return how many there are on a page; raise ValidationError for no number of them."""
        asked = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if asked.isascii() and asked.isdigit() and len(asked) < 5 and int(asked):
            return min(int(asked), self.max_page_size)
        sentence = _("Write a whole number from 1 to %d.") % self.max_page_size
        raise ValidationError({self.page_size_query_param: [sentence]})

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return where the page begins; raise ValidationError for what is no such place."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                type(self).position(cursor.position)
        except (NotFound, ValueError) as error:
            sentence = _("This is no page: follow the addresses in “next” and “previous”.")
            raise ValidationError({self.cursor_query_param: [sentence]}) from error
        return cursor

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        """Return the schema of a page of rows."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return what to say of both parameters."""
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for one in parameters:
            if one["name"] == self.page_size_query_param:
                one["schema"] = {"type": "integer", "minimum": 1, "maximum": self.max_page_size}
                one["description"] = self.page_size_query_description
            else:
                one["description"] = self.cursor_query_description
        return parameters


class NewestFirst(Pages):
    """Logs."""

    ordering = "-id"
    position = int


class OldestFirst(Pages):
    """Users and groups: in the order in which they came."""

    ordering = "id"
    position = UUID


def _text(text: str) -> str:
    """Return a name that the database can be asked for."""
    if "\0" in text:
        raise ValueError(text)
    return text


class ByName(Pages):
    """Configurations: names are unique."""

    ordering = "name_key"
    position = staticmethod(_text)
