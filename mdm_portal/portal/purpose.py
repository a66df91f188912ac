"""What a page is for, declared on the page itself: the roles read it.

A leaf that any room may import: it knows nothing of ours.
"""

from collections.abc import Callable
from typing import Any, TypeVar

Page = TypeVar("Page", bound=Callable[..., Any])
CHANGING, PERSONAL = "changing", "personal"


def changing(page: Page) -> Page:
    """Declare a page that only offers a change: to who may not change, even GET is refused."""
    page.purpose = CHANGING  # type: ignore[attr-defined]
    return page


def personal(page: Page) -> Page:
    """Declare a page whose forms change only what administrators keep for themselves."""
    page.purpose = PERSONAL  # type: ignore[attr-defined]
    return page


def purpose_of(page: Callable[..., Any]) -> str:
    """Return what a page was declared to be for, "" for one that is there to be read."""
    purpose: str = getattr(page, "purpose", "")
    return purpose
