"""Provisioned people and groups, and files of people to come; administrators are elsewhere."""

import uuid
from typing import ClassVar

import uuid_utils.compat
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from scim_provisioning.directory.fields import FoldedField, FoldedJSONField
from scim_provisioning.providers import LOCAL, source_label

PENDING_KB = 1024
"""What waits outside a GIN index: the write that finds it full puts it in order for all others.

PostgreSQL's own 4 MB take that one write a fifth of a second, and half of a small machine with it;
256 KB would make every write a tenth more expensive.
"""


def new_id() -> uuid.UUID:
    """Return a time-ordered id: never derived from anything an IdP sends."""
    return uuid_utils.compat.uuid7()


class Resource(models.Model):
    """What users and groups share: RFC 7643 section 3.1."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    external_id = models.TextField(blank=True, default="")
    source = models.CharField(max_length=32, default=LOCAL)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    modified_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Not a table."""

        abstract = True

    @property
    def source_label(self) -> str:
        """Return the words of the Source column."""
        return source_label(self.source)


class User(Resource):
    """A provisioned person; kept as deprovisioned after DELETE (product decision 16)."""

    user_name = models.TextField()
    user_name_key = FoldedField("user_name")
    display_name = models.TextField(blank=True, default="")
    display_name_key = FoldedField("display_name")
    given_name = models.TextField(blank=True, default="")
    given_name_key = FoldedField("given_name")
    family_name = models.TextField(blank=True, default="")
    family_name_key = FoldedField("family_name")
    formatted_name = models.TextField(blank=True, default="")
    formatted_name_key = FoldedField("formatted_name")
    department = models.TextField(blank=True, default="")
    department_key = FoldedField("department")
    active = models.BooleanField(default=True)
    emails = models.JSONField(default=list, blank=True)
    emails_key = FoldedJSONField("emails")
    email = models.TextField(blank=True, default="", db_collation="C")
    custom = models.JSONField(default=dict, blank=True)
    custom_key = FoldedJSONField("custom")
    sort_name = models.TextField(blank=True, default="", db_collation="C")
    search_text = models.TextField(blank=True, default="")
    deprovisioned_at = models.DateTimeField(null=True, blank=True)

    groups_held: list[tuple[str, str]] | None
    """Id and name of the user's groups, None for no group; where the row was read with them."""
    invitations_held: list[str] | None
    """The statuses of the user's invitations, None for none; where the row was read with them."""

    class Meta:
        """One live user per folded userName; an index for each filter that IdPs send."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user_name_key"],
                condition=Q(deprovisioned_at__isnull=True),
                name="directory_user_name_unique",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="directory_user_external",
            ),
            GinIndex(
                fields=["emails_key"],
                opclasses=["jsonb_path_ops"],
                name="directory_emails",
                gin_pending_list_limit=PENDING_KB,
            ),
            GinIndex(
                fields=["custom_key"],
                opclasses=["jsonb_path_ops"],
                name="directory_custom",
                gin_pending_list_limit=PENDING_KB,
            ),
            GinIndex(
                OpClass(F("search_text"), name="gin_trgm_ops"),
                name="directory_user_search",
                gin_pending_list_limit=PENDING_KB,
            ),
            models.Index(fields=["sort_name", "id"], name="directory_user_sort"),
            models.Index(fields=["user_name_key", "id"], name="directory_user_name"),
            models.Index(fields=["email", "id"], name="directory_user_email"),
            models.Index(fields=["department_key", "sort_name", "id"], name="directory_department"),
            models.Index(fields=["source", "sort_name", "id"], name="directory_source"),
            models.Index(fields=["created_at", "id"], name="directory_user_created"),
            models.Index(
                fields=["deprovisioned_at"],
                condition=Q(deprovisioned_at__isnull=False),
                name="directory_user_left",
            ),
        ]

    def __str__(self) -> str:
        return self.user_name

    @property
    def title(self) -> str:
        """Return the best name there is for a person to read."""
        full_name = f"{self.given_name} {self.family_name}".strip()
        return self.display_name or self.formatted_name or full_name or self.user_name

    @property
    def initials(self) -> str:
        """Return one or two letters for the avatar."""
        words = [word for word in self.title.split() if word[0].isalpha()]
        return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper() or "?"

    @property
    def status(self) -> str:
        """Return ``active``, ``inactive`` or ``deprovisioned``."""
        if self.deprovisioned_at:
            return "deprovisioned"
        return "active" if self.active else "inactive"

    @property
    def tone(self) -> str:
        """Return the colour of the status's badge."""
        return {"active": "good", "inactive": "warning"}.get(self.status, "neutral")

    @property
    def status_label(self) -> str:
        """Return the status in the reader's language."""
        labels = {
            "active": _("Active"),
            "inactive": _("Inactive"),
            "deprovisioned": _("Deprovisioned"),
        }
        return labels[self.status]


class Group(Resource):
    """A group of users; names are unique regardless of case (product decision 20)."""

    display_name = models.TextField()
    display_name_key = FoldedField("display_name")

    members_held: int
    """How many members it has, or had before the change; where the row was read with them."""

    class Meta:
        """An index for each filter that IdPs send."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["display_name_key"], name="directory_group_name_unique")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="directory_group_external",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name


class Membership(models.Model):
    """One user in one group."""

    pk = models.CompositePrimaryKey("group_id", "user_id")
    group = models.ForeignKey(
        Group, on_delete=models.DO_NOTHING, related_name="memberships", db_index=False
    )
    user = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, related_name="memberships", db_index=False
    )

    class Meta:
        """The primary key serves a group's members; this index a user's groups."""

        indexes: ClassVar = [
            models.Index(fields=["user", "group"], name="directory_membership_user")
        ]

    def __str__(self) -> str:
        return f"{self.group_id}/{self.user_id}"


class UserImport(models.Model):
    """A CSV file of users, checked, perhaps applied, and what came of it; kept for a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.CharField(max_length=64)
    file_name = models.TextField(blank=True)
    content = models.TextField(blank=True)
    good = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    """``{"line", "reason", "cells"}`` of each row that is wrong."""
    created = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name


class InactiveUser(models.Model):
    """Who is inactive, in the order of the list; triggers keep it (migration 0010).

    An index of users that knows of ``active``, be it in its condition, would have each activation
    written into all indexes of the user, and their pages into the WAL.
    """

    user = models.OneToOneField(
        User,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="inactive",
    )
    sort_name = models.TextField(db_collation="C")
    source = models.CharField(max_length=32, db_default="")

    class Meta:
        """An index with the order of the list."""

        indexes: ClassVar = [
            models.Index(fields=["sort_name", "user"], name="directory_inactive_sort")
        ]

    def __str__(self) -> str:
        return self.sort_name


class Total(models.Model):
    """A part of how many rows there are of a kind from a source: the sum of all shards.

    ``user`` are live users, ``gone`` the deprovisioned, ``group`` groups. ``user moves`` and
    ``group moves`` count what has moved rows in the order of the ids: a row that left, or came with
    an old id. Triggers keep it (migration 0010), the connections spread over 32 shards, so that
    writers seldom wait for each other: to count a million users takes PostgreSQL a fifth of a
    second, and both cores of a small machine.
    """

    pk = models.CompositePrimaryKey("kind", "source", "shard")
    kind = models.CharField(max_length=16)
    source = models.CharField(max_length=32, db_default="")
    shard = models.SmallIntegerField()
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.kind} {self.source} {self.shard}: {self.number}"


class AttributeCount(models.Model):
    """A change of how many users have a value of a custom attribute: the sum of all its rows.

    Triggers add one (migration 0011) and change none, so that writers never wait for each other,
    nor does who changes a million users walk through the former versions of one row. A job folds
    them (``attribute_counts``).
    """

    name = models.TextField()
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name}: {self.number}"
