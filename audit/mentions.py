"""Whom an event of a group is about besides the group: the users whom it let in or out.

A member's history tells of it without an event for each of the thousands whom one push may bring.
"""

from collections.abc import Collection, Iterator
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from mdm_portal.database.statements import Statement


class Mention(models.Model):
    """A user who joined the group that an event is about, or left it; as lasting as the event."""

    pk = models.CompositePrimaryKey("subject_id", "event_id")
    subject_id = models.UUIDField()
    event = models.ForeignKey(
        "audit.Event",
        on_delete=models.DO_NOTHING,
        related_name="mentions",
        db_constraint=False,
        db_index=False,
    )
    joined = models.BooleanField()

    class Meta:
        """The primary key serves a history; this index, small and cheap, the retention."""

        indexes: ClassVar = [BrinIndex(fields=["event"], name="audit_mention_event")]

    def __str__(self) -> str:
        return f"{self.subject_id} in {self.event_id}"


MENTION = """
INSERT INTO audit_mention (subject_id, event_id, joined)
SELECT subject_id, currval('audit_event_id_seq'), %s FROM unnest(%s::uuid[]) AS subject_id
"""


def mentioning(*, joined: Collection[UUID], left: Collection[UUID]) -> Iterator[Statement]:
    """Yield the statements that tie users to the event that the statement before them stored."""
    if joined:
        yield MENTION, [True, list(joined)]
    if left:
        yield MENTION, [False, list(left)]
