"""Cursors of RFC 9865: a sealed place between two rows of one query.

A cursor names the row it stands at by its sort key and id, not by a number of rows, so rows that
come and go meanwhile neither repeat nor hide others.
"""

import hashlib
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import Q
from django.db.models.expressions import OrderBy

from scim_provisioning.scim.errors import ExpiredCursor, InvalidCursor

LIFETIME = 3600
"""Seconds that a cursor lives; ``/ServiceProviderConfig`` announces it."""

SORT_KEY = "sort_key"
"""The annotation of a row that holds what the list is sorted by."""

Key = str | bool | int | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: just after a row or, looking backward, just before it."""

    count: int
    backward: bool
    key: Key
    id: str


def query_of(*parts: object) -> str:
    """Return what binds a cursor to its query: filter, sorting, resource type, provider."""
    return hashlib.sha256(repr(parts).encode(errors="replace")).hexdigest()[:32]


def cursor_at(row: Any, count: int, *, backward: bool) -> Cursor:
    """Return the place after a row, or before it."""
    key = getattr(row, SORT_KEY, None)
    if isinstance(key, datetime):
        key = key.isoformat()
    return Cursor(count, backward, str(key) if isinstance(key, UUID) else key, str(row.id))


def seal(cursor: Cursor, query: str) -> str:
    """Return the cursor as clients carry it, in unreserved characters only."""
    return _signer(query).sign_object(list(astuple(cursor)), compress=True)


def unseal(text: str, query: str) -> Cursor:
    """Return the cursor that we sealed for this query, else raise InvalidCursor."""
    try:
        return Cursor(*_signer(query).unsign_object(text, max_age=LIFETIME))
    except signing.SignatureExpired as error:
        raise ExpiredCursor from error
    except (signing.BadSignature, ValueError) as error:
        raise InvalidCursor from error


def directed(order: list[OrderBy], *, backward: bool) -> list[OrderBy]:
    """Return the ordering, reversed to look backward."""
    if not backward:
        return order
    return [OrderBy(part.expression, descending=not part.descending) for part in order]


def beyond(cursor: Cursor, order: list[OrderBy]) -> Q:
    """Return what lies beyond the place, in the direction that it looks.

    ``order`` is that of the list. NULL is the highest key, as PostgreSQL sorts it.
    """
    further = Q(pk__lt=cursor.id) if cursor.backward else Q(pk__gt=cursor.id)
    if len(order) == 1:
        return further
    is_absent = Q(**{f"{SORT_KEY}__isnull": True})
    falls = order[0].descending != cursor.backward
    if cursor.key is None:
        return is_absent & further | ~is_absent if falls else is_absent & further
    same = Q(**{SORT_KEY: cursor.key}) & further
    if falls:
        return same | Q(**{f"{SORT_KEY}__lt": cursor.key})
    return same | Q(**{f"{SORT_KEY}__gt": cursor.key}) | is_absent


def _signer(query: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep="~", salt=f"scim.cursor.{query}")
