"""django-scim2's adapters, theirs in name and seam: SCIM JSON on one side, services on the other.

Nothing of the library's own mapping, path reading or saving runs: it writes through its filter
map, saves half of a failed PATCH and casts ids to int. What stays is the seam: one class a
resource type with ``to_dict``, ``location`` and ``delete``, found through USER_ADAPTER and
GROUP_ADAPTER. Adapters never save a model: services do.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django_scim.adapters import SCIMGroup, SCIMUser

from mdm_portal.database.statements import Table
from scim_provisioning.directory import groups, selectors, services
from scim_provisioning.directory.models import Group, User
from scim_provisioning.directory.state import (
    GroupChange,
    GroupState,
    MemberChange,
    UserState,
)
from scim_provisioning.directory.tables import FEW_MEMBERS, GROUPS, USERS
from scim_provisioning.scim import urns
from scim_provisioning.scim.attributes import ResourceType
from scim_provisioning.scim.conditions import write_check
from scim_provisioning.scim.context import Context
from scim_provisioning.scim.documents import document_of, group_state, user_state
from scim_provisioning.scim.find_members import find_members
from scim_provisioning.scim.group_patch import joining, patched_group
from scim_provisioning.scim.members import member_ids
from scim_provisioning.scim.operations import read_operations
from scim_provisioning.scim.patch import apply
from scim_provisioning.scim.projection import Projection
from scim_provisioning.scim.rendering import render_groups, render_users
from scim_provisioning.scim.written import written_users

Document = dict[str, Any]


def user_model() -> type[User]:
    """Return the model behind /Users, for the library's USER_MODEL_GETTER."""
    return User


class UserAdapter(SCIMUser):  # type: ignore[misc]
    """Users over SCIM."""

    id_field = "id"
    name: ClassVar[str] = "User"
    is_answered_without_body = False
    """Whether a PATCH is answered with 204."""
    table: ClassVar[Table[User]] = USERS
    total: ClassVar[str] = "user"
    """The kind of ``Total`` that counts what SCIM sees."""
    visible: ClassVar[str] = "directory_user.deprovisioned_at IS NULL"
    """What SCIM sees, in SQL: the same as ``rows``."""
    keys: ClassVar[Mapping[str, str]] = {
        "id": "TRUE",
        "user_name_key": "TRUE",
        "external_id": "external_id <> ''",
    }
    """Columns that find one resource or few, and the condition of their index.

    A plan that is made for any value uses an index with a condition only if it is told of it.
    """
    written = staticmethod(written_users)
    """Reads users with their JSON."""

    @property
    def context(self) -> Context:
        """Return the caller's context."""
        return self.request.scim  # type: ignore[no-any-return]

    @staticmethod
    def resource_type(context: Context) -> ResourceType:
        """Return the table of this resource type."""
        return context.user_type

    @property
    def location(self) -> str:
        """Return the address of the resource."""
        return f"{self.context.base}/Users/{self.obj.id}"

    @staticmethod
    def rows() -> QuerySet[User]:
        """Return what SCIM sees."""
        return selectors.live_users()

    @staticmethod
    def render(rows: Sequence[User], context: Context, projection: Projection) -> list[Document]:
        """Return rows as resources."""
        return render_users(rows, context, projection)

    def to_dict(self, projection: Projection = Projection()) -> Document:  # noqa: B008
        """Return the resource."""
        return self.render([self.obj], self.context, projection)[0]

    @classmethod
    def create(cls, request: HttpRequest, body: Document) -> Self:
        """Return the adapter of a new user."""
        context: Context = request.scim  # type: ignore[attr-defined]
        user = services.create_user(
            state=user_state(body, context),
            actor=context.actor,
            source=context.provider,
        )
        return cls(user, request)

    @classmethod
    def replace(cls, request: HttpRequest, user_id: UUID, body: Document) -> Self:
        """Return the adapter of a user after PUT (RFC 7644 section 3.5.1)."""
        context: Context = request.scim  # type: ignore[attr-defined]
        return cls._update(request, user_id, lambda before: user_state(body, context, before))

    @classmethod
    def patch(cls, request: HttpRequest, user_id: UUID, body: Document) -> Self:
        """Return the adapter of a user after PATCH (RFC 7644 section 3.5.2)."""
        context: Context = request.scim  # type: ignore[attr-defined]
        operations = read_operations(body, context.user_type, context)

        def current() -> Document:
            return cls(cls.rows().get(id=user_id), request).to_dict()

        def edit(before: UserState) -> UserState:
            document = document_of(before, context.user_type)
            for operation in operations:
                apply(operation, document, context, core=urns.USER, current=current)
            return user_state(document, context, before)

        return cls._update(request, user_id, edit)

    @classmethod
    def _update(cls, request: HttpRequest, user_id: UUID, edit: Any) -> Self:
        """Return the adapter of an edited user; the first write of an IdP adopts a local one."""
        context: Context = request.scim  # type: ignore[attr-defined]
        user = services.update_user(
            user_id=user_id,
            edit=edit,
            actor=context.actor,
            source=context.provider,
            check=write_check(request),
        )
        return cls(user, request)

    @staticmethod
    def remove(request: HttpRequest, user_id: UUID) -> None:
        """Deprovision a user."""
        context: Context = request.scim  # type: ignore[attr-defined]
        services.deprovision_user(user_id=user_id, actor=context.actor, check=write_check(request))


class GroupAdapter(SCIMGroup):  # type: ignore[misc]
    """Groups over SCIM."""

    id_field = "id"
    name: ClassVar[str] = "Group"
    table: ClassVar[Table[Group]] = GROUPS
    total: ClassVar[str] = "group"
    """The kind of ``Total`` that counts what SCIM sees."""
    visible: ClassVar[str] = "TRUE"
    """What SCIM sees, in SQL: the same as ``rows``."""
    keys: ClassVar[Mapping[str, str]] = {
        "id": "TRUE",
        "display_name_key": "TRUE",
        "external_id": "external_id <> ''",
    }
    """As of users."""
    written: ClassVar[None] = None

    @property
    def context(self) -> Context:
        """Return the caller's context."""
        return self.request.scim  # type: ignore[no-any-return]

    @staticmethod
    def resource_type(context: Context) -> ResourceType:
        """Return the table of this resource type."""
        return context.group_type

    @property
    def location(self) -> str:
        """Return the address of the resource."""
        return f"{self.context.base}/Groups/{self.obj.id}"

    @property
    def is_answered_without_body(self) -> bool:
        """Tell whether a PATCH is answered with 204: that of a group with more than few members."""
        is_large = self.obj.members_held > FEW_MEMBERS
        return is_large or self.context.profile.patch_group_without_body

    @staticmethod
    def rows() -> QuerySet[Group]:
        """Return what SCIM sees."""
        return selectors.groups()

    @staticmethod
    def render(rows: Sequence[Group], context: Context, projection: Projection) -> list[Document]:
        """Return rows as resources."""
        return render_groups(rows, context, projection)

    def to_dict(self, projection: Projection = Projection()) -> Document:  # noqa: B008
        """Return the resource."""
        return self.render([self.obj], self.context, projection)[0]

    @classmethod
    def create(cls, request: HttpRequest, body: Document) -> Self:
        """Return the adapter of a new group."""
        context: Context = request.scim  # type: ignore[attr-defined]
        state, members = group_state(body, context)
        group = groups.create_group(
            state=state,
            members=member_ids(members),
            actor=context.actor,
            source=context.provider,
        )
        return cls(group, request)

    @classmethod
    def replace(cls, request: HttpRequest, group_id: UUID, body: Document) -> Self:
        """Return the adapter of a group after PUT (RFC 7644 section 3.5.1)."""
        context: Context = request.scim  # type: ignore[attr-defined]
        state, members = group_state(body, context)
        change = GroupChange(state, MemberChange(member_ids(members)))
        return cls._update(request, group_id, lambda _before: change)

    @classmethod
    def patch(cls, request: HttpRequest, group_id: UUID, body: Document) -> Self:
        """Return the adapter of a group after PATCH (RFC 7644 section 3.5.2)."""
        context: Context = request.scim  # type: ignore[attr-defined]
        operations = read_operations(body, context.group_type, context)

        def current() -> Document:
            return cls(cls.rows().get(id=group_id), request).to_dict()

        def edit(before: GroupState) -> GroupChange:
            find = find_members(group_id, context)
            return patched_group(before, operations, context, find=find, current=current)

        return cls._update(request, group_id, edit, joining(operations))

    @classmethod
    def _update(
        cls,
        request: HttpRequest,
        group_id: UUID,
        edit: Any,
        joining: frozenset[UUID] = frozenset(),
    ) -> Self:
        """Return the adapter of an edited group."""
        context: Context = request.scim  # type: ignore[attr-defined]
        group = groups.update_group(
            group_id=group_id,
            edit=edit,
            actor=context.actor,
            source=context.provider,
            check=write_check(request),
            joining=joining,
        )
        return cls(group, request)

    @staticmethod
    def remove(request: HttpRequest, group_id: UUID) -> None:
        """Delete a group."""
        context: Context = request.scim  # type: ignore[attr-defined]
        groups.delete_group(group_id=group_id, actor=context.actor, check=write_check(request))
