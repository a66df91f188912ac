"""What a reader sees of a page."""

import re
from typing import Any, TypeAlias

Page: TypeAlias = Any
"""What the test client answers: the response, and what it notes about it."""


def text(response: Page) -> str:
    """Return a page's words, white space folded."""
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", bare)


def markup(response: Page) -> str:
    """Return a page's markup, white space folded."""
    return re.sub(r"\s+", " ", response.content.decode())
