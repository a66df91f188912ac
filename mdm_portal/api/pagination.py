"""Pages by key: the last of a million rows costs what the first does."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Logs."""

    ordering = "-id"
    page_size = 100
    max_page_size = 500
    page_size_query_param = "page_size"


class OldestFirst(NewestFirst):
    """Users and groups: in the order in which they came."""

    ordering = "id"


class ByName(NewestFirst):
    """Configurations: names are unique."""

    ordering = "name_key"
