"""What a reader sees of a page."""

import re

from django.http import HttpResponse


def text(response: HttpResponse) -> str:
    """Return a page's words, white space folded."""
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", bare)
