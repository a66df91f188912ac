"""The resources of the admin API: each does what the portal's page of the same name does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from audit.models import Event
from mdm_portal.api import serializers as shapes
from mdm_portal.api.calls import ById, actor_of, taken
from mdm_portal.api.filters import (
    ApiEventFilter,
    CustomAttributeFilter,
    Filters,
    TokenFilter,
)
from mdm_portal.api.pagination import NewestFirst, OldestFirst
from mdm_portal.roles import SYSTEM, USERS
from scim_provisioning.activity.filters import ScimRequestFilter
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.directory import selectors as directory
from scim_provisioning.directory import services as users
from scim_provisioning.directory.filters import UserFilter
from scim_provisioning.directory.models import User
from scim_provisioning.directory.owners import refuse_owned
from scim_provisioning.directory.state import UserState
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.scim.locations import scim_base
from scim_provisioning.settings import selectors as settings_of
from scim_provisioning.settings import services as settings
from scim_provisioning.settings.models import CustomAttribute
from scim_provisioning.tokens import services as tokens
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.selectors import current_tokens


class TokensView(
    ById, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]
):
    """SCIM tokens: at most two."""

    area = SYSTEM
    conflicts = True
    serializer_class = shapes.TokenSerializer
    pagination_class = None
    filter_backends = (Filters,)
    filterset_class = TokenFilter

    def get_queryset(self) -> QuerySet[ScimToken]:
        """Return the tokens that fill slots."""
        return current_tokens()

    @extend_schema(request=shapes.GenerateSerializer, responses={201: shapes.IssuedTokenSerializer})
    def create(self, request: Request) -> Response:
        """Generate a token; its secret is in the answer, this once."""
        asked = taken(shapes.GenerateSerializer, request)
        return self._issued(tokens.generate(**asked, actor=actor_of(request)), 201)

    @extend_schema(request=None, responses=shapes.TokenSerializer)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: UUID) -> Response:
        """Set a token to Active."""
        token = tokens.activate(token_id=pk, actor=actor_of(request))
        return Response(shapes.TokenSerializer(token).data)

    @extend_schema(request=None, responses=shapes.TokenSerializer)
    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: UUID) -> Response:
        """Set a token to Inactive: its IdP gets 401 within a second."""
        token = tokens.deactivate(token_id=pk, actor=actor_of(request))
        return Response(shapes.TokenSerializer(token).data)

    @extend_schema(request=shapes.RenewSerializer, responses=shapes.IssuedTokenSerializer)
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: UUID) -> Response:
        """Renew a token; the new secret is in the answer, this once."""
        asked = taken(shapes.RenewSerializer, request)
        return self._issued(tokens.renew(token_id=pk, **asked, actor=actor_of(request)), 200)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Remove a token for good."""
        tokens.remove(token_id=pk, actor=actor_of(request))
        return Response(status=204)

    def _issued(self, issued: tokens.IssuedToken, status: int) -> Response:
        url = scim_base(self.request)
        shown = {"token": issued.token, "secret": issued.secret, "scim_url": url}
        return Response(shapes.IssuedTokenSerializer(shown).data, status=status)


WHICH = OpenApiParameter("id", enum=list(PROVIDERS), location=OpenApiParameter.PATH)


class SettingsView(viewsets.ViewSet):
    """The settings of each identity provider."""

    area = SYSTEM
    lookup_value_regex = "|".join(PROVIDERS)

    @extend_schema(responses=shapes.SettingsSerializer(many=True))
    def list(self, _request: Request) -> Response:
        """Return the settings of all identity providers."""
        return Response([self._of(key) for key in PROVIDERS])

    @extend_schema(parameters=[WHICH], responses=shapes.SettingsSerializer)
    def retrieve(self, _request: Request, pk: str) -> Response:
        """Return the settings of one identity provider."""
        return Response(self._of(pk))

    @extend_schema(
        parameters=[WHICH], request=shapes.SettingsSerializer, responses=shapes.SettingsSerializer
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Switch automatic invitations."""
        asked = taken(shapes.SettingsSerializer, request)
        settings.set_auto_invite(provider=pk, enabled=asked["auto_invite"], actor=actor_of(request))
        return Response(self._of(pk))

    @staticmethod
    def _of(provider: str) -> dict[str, Any]:
        return {"provider": provider, "auto_invite": settings_of.auto_invite(provider)}


class CustomAttributesView(mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """The custom attributes of the ivanti extension."""

    area = SYSTEM
    serializer_class = shapes.CustomAttributeSerializer
    pagination_class = None
    filter_backends = (Filters,)
    filterset_class = CustomAttributeFilter
    conflicts = True
    lookup_field = "name"
    lookup_value_regex = settings.NAME.pattern

    def get_queryset(self) -> QuerySet[CustomAttribute]:
        """Return the registered attributes."""
        return settings_of.custom_attributes()

    def create(self, request: Request) -> Response:
        """Register a custom attribute."""
        asked = taken(shapes.CustomAttributeSerializer, request)
        made = settings.add_custom_attribute(name=asked["name"], actor=actor_of(request))
        return Response(shapes.CustomAttributeSerializer(made).data, status=201)

    def destroy(self, request: Request, name: str) -> Response:
        """Delete a custom attribute with all its values."""
        settings.delete_custom_attribute(name=name, actor=actor_of(request))
        return Response(status=204)


class UsersView(
    ById, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]
):
    """Provisioned users; local ones may be changed here."""

    area = USERS
    conflicts = True
    serializer_class = shapes.UserSerializer
    pagination_class = OldestFirst
    filter_backends = (Filters,)
    filterset_class = UserFilter

    def get_queryset(self) -> QuerySet[User]:
        """Return all users that the portal lists."""
        return directory.all_users()

    @extend_schema(request=shapes.LocalUserSerializer, responses={201: shapes.UserSerializer})
    def create(self, request: Request) -> Response:
        """Create a local user."""
        asked = taken(shapes.LocalUserSerializer, request)
        user = users.create_user(state=changed(asked)(UserState()), actor=actor_of(request))
        return Response(shapes.UserSerializer(user).data, status=201)

    @extend_schema(request=shapes.LocalUserChangeSerializer, responses=shapes.UserSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change a local user."""
        asked = taken(shapes.LocalUserChangeSerializer, request)
        user = users.update_user(
            user_id=pk, edit=changed(asked), actor=actor_of(request), check=refuse_owned
        )
        return Response(shapes.UserSerializer(user).data)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Deprovision a local user."""
        users.deprovision_user(user_id=pk, actor=actor_of(request), check=refuse_owned)
        return Response(status=204)


class AuditView(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """The audit trail, newest first."""

    area = SYSTEM
    serializer_class = shapes.EventSerializer
    pagination_class = NewestFirst
    filter_backends = (Filters,)
    filterset_class = ApiEventFilter
    queryset = Event.objects.all()


@extend_schema_view(list=extend_schema(summary="The log of SCIM requests, newest first"))
class ActivityView(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """The log of SCIM requests, newest first."""

    area = SYSTEM
    serializer_class = shapes.ScimRequestSerializer
    pagination_class = NewestFirst
    filter_backends = (Filters,)
    filterset_class = ScimRequestFilter
    queryset = ScimRequest.objects.all()


def changed(asked: dict[str, Any]) -> Callable[[UserState], UserState]:
    """Return the edit that sets what a body names; the address becomes the only one."""
    values = dict(asked)
    if "email" in values:
        email = values.pop("email")
        values["emails"] = ({"value": email, "primary": True},) if email else ()
    return lambda before: replace(before, **values)
