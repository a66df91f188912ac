"""The directory as lines: one snapshot, read by key, so that memory stays as it is."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.db.models import QuerySet
from django.utils import timezone

from mdm_portal.snapshot import one_snapshot
from mdm_portal.transfer.records import (
    ATTRIBUTE,
    FORMAT,
    GROUP,
    HEADER,
    MEMBERSHIP,
    USER,
    VERSION,
    attribute_values,
    group_values,
    user_values,
)
from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.settings.selectors import custom_attributes

ROWS = 1000
DERIVED = ("emails_key", "custom_key", "search_text", "sort_name")
"""Wide columns that follow from others."""


def directory_rows() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield header, custom attributes, users, groups and memberships, as of one moment."""
    with one_snapshot():
        yield HEADER, _header()
        for attribute in custom_attributes():
            yield ATTRIBUTE, attribute_values(attribute)
        for user in _by_id(User.objects.defer(*DERIVED)):
            yield USER, user_values(user)
        for group in _by_id(Group.objects.all()):
            yield GROUP, group_values(group)
        for membership in _memberships():
            yield MEMBERSHIP, membership


def line(kind: str, values: Mapping[str, Any]) -> bytes:
    """Return a line of the file."""
    return orjson.dumps({kind: values}) + b"\n"


def _header() -> Mapping[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "exportedAt": timezone.now().isoformat(timespec="seconds"),
        "counts": {
            ATTRIBUTE: custom_attributes().count(),
            USER: User.objects.count(),
            GROUP: Group.objects.count(),
            MEMBERSHIP: Membership.objects.count(),
        },
    }


def _by_id(rows: QuerySet[Any]) -> Iterator[Any]:
    """Yield all rows, ROWS at a time; no cursor, which a pooler may not let us have."""
    batch = list(rows.order_by("id")[:ROWS])
    while batch:
        yield from batch
        batch = list(rows.filter(id__gt=batch[-1].id).order_by("id")[:ROWS])


def _memberships() -> Iterator[Mapping[str, Any]]:
    """Yield all memberships, those of a group together."""
    rows = Membership.objects.order_by("group_id", "user_id").values_list("group_id", "user_id")
    batch = list(rows[:ROWS])
    while batch:
        yield from ({"group": str(group), "user": str(user)} for group, user in batch)
        batch = list(rows.filter(pk__gt=batch[-1])[:ROWS])
