"""Where deep pages begin: whoever walks a list by index asks for the page after the last one.

An anchor is the id of the row before an offset. To find it anew all ids before are walked; a walk
that remembers it passes over each row once. It holds as long as no row before it comes or goes:
``walk`` names the list and how often that happened; new rows come at the end, for ids grow with
the time, and those of the last minute are no anchors yet.
"""

import time
from uuid import UUID

from mdm_portal.portal import remembered

REMEMBERED_SECONDS = 600
SETTLED_SECONDS = 60
"""Rows that were made at the same time may be committed in another order."""


def find(walk: str, offset: int) -> UUID | None:
    """Return the id of the row before an offset, if it is remembered."""
    found: UUID | None = remembered.recall(_name(walk, offset))
    return found


def keep(walk: str, offset: int, before: UUID) -> None:
    """Remember the id of the row before an offset, once nothing can come before it any more."""
    if _made_at(before) <= time.time() - SETTLED_SECONDS:
        remembered.keep(_name(walk, offset), before, REMEMBERED_SECONDS)


def _name(walk: str, offset: int) -> str:
    return f"scim.anchor.{walk}.{offset}"


def _made_at(key: UUID) -> float:
    """Return when a UUID of version 7 was made, in seconds since 1970 (RFC 9562 section 5.7)."""
    return (key.int >> 80) / 1000
