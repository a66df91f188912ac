"""Configurations in the admin API: what Admin > Configurations does, for scripts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from mdm_portal.api import configuration_shapes as shapes
from mdm_portal.api.calls import ById, actor_of, taken
from mdm_portal.api.configuration_edits import merged, refused, replaced
from mdm_portal.api.filters import Filters
from mdm_portal.api.pagination import ByName, OldestFirst
from mdm_portal.roles import SYSTEM
from scim_provisioning.configurations import preview, selectors, services
from scim_provisioning.configurations.drafts import Draft, Refused
from scim_provisioning.configurations.filters import ConfigurationFilter
from scim_provisioning.configurations.kinds import KINDS
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.directory.filters import MemberFilter
from scim_provisioning.directory.selectors import live_users
from scim_provisioning.settings.user_values import users_without

WHOSE = OpenApiParameter(
    "user", UUID, required=True, description="The id of the user whose values are filled in"
)


class _Whose(serializers.Serializer[Any]):
    """The query of a rendered configuration."""

    user = serializers.UUIDField()


@extend_schema_view(
    list=extend_schema(
        summary="The configurations, by name", responses=shapes.ConfigurationSummarySerializer
    ),
    retrieve=extend_schema(
        summary="A configuration with its fields", responses=shapes.ConfigurationSerializer
    ),
)
class ConfigurationsView(
    ById, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]
):
    """Configurations: sets of fields that are filled for each user."""

    area = SYSTEM
    pagination_class = ByName
    filter_backends = (Filters,)
    filterset_class = ConfigurationFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Return all configurations, without their secrets; users where those are listed."""
        if self.action == "users_with_empty_values":
            return live_users()
        return selectors.configurations()

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        """Return the table's columns for the list, else all."""
        if self.action == "list":
            return shapes.ConfigurationSummarySerializer
        return shapes.ConfigurationSerializer

    @extend_schema(
        request=shapes.NewConfigurationSerializer, responses={201: shapes.ConfigurationSerializer}
    )
    def create(self, request: Request) -> Response:
        """Add a configuration."""
        asked = taken(shapes.NewConfigurationSerializer, request)
        kind = KINDS[asked["kind"]]
        draft = replaced(asked, kind)
        try:
            made = services.create(kind=kind.key, draft=draft, actor=actor_of(request))
        except Refused as refusal:
            raise refused(refusal, draft, kind) from refusal
        return Response(shapes.ConfigurationSerializer(made).data, status=201)

    @extend_schema(
        request=shapes.ConfigurationPutSerializer, responses=shapes.ConfigurationSerializer
    )
    def update(self, request: Request, pk: UUID) -> Response:
        """Replace name and fields of a configuration."""
        asked = taken(shapes.ConfigurationPutSerializer, request)
        return _amended(pk, lambda row: replaced(asked, row.declaration), request)

    @extend_schema(
        request=shapes.ConfigurationPatchSerializer, responses=shapes.ConfigurationSerializer
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change what is sent of a configuration."""
        asked = taken(shapes.ConfigurationPatchSerializer, request)
        return _amended(pk, lambda row: merged(asked, row), request)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a configuration."""
        services.delete(configuration_id=pk, actor=actor_of(request))
        return Response(status=204)

    @extend_schema(responses=shapes.RenderedSerializer, parameters=[WHOSE], filters=False)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def rendered(self, request: Request, pk: UUID) -> Response:
        """Return a configuration as one user gets it, and which variables are empty."""
        query = _Whose(data=request.query_params)
        query.is_valid(raise_exception=True)
        row = _stored(pk)
        user = live_users().filter(pk=query.validated_data["user"]).first()
        if user is None:
            raise NotFound(_("There is no such user."))
        shown = {
            "id": row.pk,
            "name": row.name,
            "kind": row.kind,
            "user": user.pk,
            "user_name": user.user_name,
            "rendered": preview.rows(row, preview.full_values_for(row, user)),
            "empty_variables": preview.empty_variables(row, user),
        }
        return Response(shapes.RenderedSerializer(shown).data)

    @extend_schema(responses=shapes.UserWithEmptyValuesSerializer(many=True))
    @action(
        detail=True,
        url_path="users-with-empty-values",
        filterset_class=MemberFilter,
        pagination_class=OldestFirst,
    )
    def users_with_empty_values(self, _request: Request, pk: UUID) -> Response:
        """Return the users for whom at least one variable of a configuration is empty."""
        row = _stored(pk)
        users = self.filter_queryset(users_without(row.variables))
        page = self.paginate_queryset(users)
        shown = shapes.UserWithEmptyValuesSerializer(
            page, many=True, context={"configuration": row}
        )
        return self.get_paginated_response(shown.data)


def _amended(pk: UUID, edit: Callable[[Configuration], Draft], request: Request) -> Response:
    """Return the configuration after an edit of its locked row."""
    try:
        services.amend(configuration_id=pk, edit=edit, actor=actor_of(request))
    except Refused as refusal:
        row = _stored(pk)
        raise refused(refusal, edit(row), row.declaration) from refusal
    return Response(shapes.ConfigurationSerializer(_stored(pk)).data)


def _stored(pk: UUID) -> Configuration:
    """Return a configuration; raise NotFound."""
    row = selectors.configurations().filter(pk=pk).first()
    if row is None:
        raise services.NotFound(str(pk))
    return row
