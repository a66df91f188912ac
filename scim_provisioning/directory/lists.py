"""How many rows a page of the Users list has, as its address says."""

from django.http import HttpRequest

SIZE = "size"
PAGE_SIZES = (25, 50, 100)


def page_size(request: HttpRequest) -> int:
    """Return the page size that the address asks for, else the smallest."""
    asked = request.GET.get(SIZE, "")
    return next((size for size in PAGE_SIZES if str(size) == asked), PAGE_SIZES[0])
