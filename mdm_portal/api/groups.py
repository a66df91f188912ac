"""The admin API's user groups: those of identity providers are read, local ones changed, too."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from mdm_portal.api import serializers as shapes
from mdm_portal.api.calls import ById, actor_of, taken
from mdm_portal.api.filters import Filters
from mdm_portal.api.pagination import OldestFirst
from mdm_portal.roles import USERS
from scim_provisioning.directory import groups, selectors
from scim_provisioning.directory.errors import NotFound
from scim_provisioning.directory.filters import GroupFilter, MemberFilter
from scim_provisioning.directory.owners import refuse_owned
from scim_provisioning.directory.state import GroupChange, GroupState, MemberChange


class GroupsView(
    ById, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]
):
    """User groups; local ones may be changed here."""

    area = USERS
    conflicts = True
    serializer_class = shapes.GroupSerializer
    pagination_class = OldestFirst
    filter_backends = (Filters,)
    filterset_class = GroupFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Return all groups; users where members are listed."""
        return selectors.live_users() if self.action == "members" else selectors.groups()

    @extend_schema(request=shapes.LocalGroupSerializer, responses={201: shapes.GroupSerializer})
    def create(self, request: Request) -> Response:
        """Create a local group."""
        asked = taken(shapes.LocalGroupSerializer, request)
        members = frozenset(asked.get("members", ()))
        state = GroupState(asked["display_name"])
        group = groups.create_group(state=state, members=members, actor=actor_of(request))
        return Response(shapes.GroupSerializer(group).data, status=201)

    @extend_schema(request=shapes.LocalGroupChangeSerializer, responses=shapes.GroupSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Rename a local group, add and remove members, all or nothing."""
        asked = taken(shapes.LocalGroupChangeSerializer, request)

        def edit(state: GroupState) -> GroupChange:
            name = asked.get("display_name", state.display_name)
            return GroupChange(replace(state, display_name=name), _members(asked))

        group = groups.update_group(
            group_id=pk, edit=edit, actor=actor_of(request), check=refuse_owned
        )
        return Response(shapes.GroupSerializer(group).data)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a local group; its members stay as they are."""
        groups.delete_group(group_id=pk, actor=actor_of(request), check=refuse_owned)
        return Response(status=204)

    @extend_schema(responses=shapes.UserSerializer(many=True))
    @action(detail=True, filterset_class=MemberFilter)
    def members(self, _request: Request, pk: UUID) -> Response:
        """Return the members of a group."""
        if not selectors.groups().filter(pk=pk).exists():
            raise NotFound(str(pk))
        page = self.paginate_queryset(self.filter_queryset(selectors.members_of(pk)))
        return self.get_paginated_response(shapes.UserSerializer(page, many=True).data)


def _members(asked: dict[str, Any]) -> MemberChange:
    """Return who joins and who leaves; who is named in both leaves."""
    removed = frozenset(asked.get("remove_members", ()))
    return MemberChange(added=frozenset(asked.get("add_members", ())) - removed, removed=removed)
