"""The admin API keeps to the roles on each of its routes, known from the router."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from rest_framework.routers import DefaultRouter
from rest_framework.settings import api_settings

from mdm_portal.api.models import ApiToken
from mdm_portal.api.permissions import RolePermission
from mdm_portal.api.urls import router
from mdm_portal.roles import ROLES, SYSTEM, USERS
from scim_provisioning.tokens import services as tokens
from tests.api.test_api import OPERATOR, Api
from tests.portal.people import group, person

pytestmark = pytest.mark.django_db
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
EXPECTED = {
    "tokens": SYSTEM,
    "settings": SYSTEM,
    "configurations": SYSTEM,
    "custom-attributes": SYSTEM,
    "audit": SYSTEM,
    "activity": SYSTEM,
    "users": USERS,
    "groups": USERS,
}


def places() -> dict[str, str]:
    """Return a key of something that is there, by resource."""
    issued = tokens.generate(provider="okta", lifetime_days=None, actor=OPERATOR)
    ana = person("Ana")
    return {
        "tokens": str(issued.token.pk),
        "settings": "okta",
        "custom-attributes": "costCenter",
        "configurations": str(UUID(int=1)),
        "users": str(ana.pk),
        "groups": str(group("Sales", ana).pk),
    }


def routes(known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the resource and the path of every route of the router, as the router makes them."""
    for prefix, view, _basename in router.registry:
        for route in router.get_routes(view):
            lookup = router.get_lookup_regex(view)
            address = route.url.format(prefix=prefix, lookup="{key}", trailing_slash="/")
            assert lookup
            yield prefix, address.strip("^$").format(key=known.get(prefix, "1"))


def stored() -> dict[str, list[object]]:
    """Return all that is stored, but for sessions and for when a token of the API was used."""
    models = [model for model in apps.get_models() if model not in (Session, ApiToken)]
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models
    }


def test_each_resource_has_an_area_that_the_permission_reads() -> None:
    assert isinstance(router, DefaultRouter)
    assert api_settings.DEFAULT_PERMISSION_CLASSES == [RolePermission]
    for prefix, view, _basename in router.registry:
        assert view.permission_classes == [RolePermission]
        assert view.area == EXPECTED[prefix]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_its_areas_alone(role: str) -> None:
    api, known = Api(role), places()
    opened = {USERS, SYSTEM} if role.startswith("system") else {USERS}
    for resource, path in routes(known):
        status = api.send("GET", path).status_code
        assert (status == 403) is (EXPECTED[resource] not in opened), path
        assert status < 500


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_may_not_change_is_refused_with_nothing_changed(role: str) -> None:
    api, known = Api(role), places()
    changes = {"system-management": {USERS, SYSTEM}, "user-management": {USERS}}.get(role, set())
    before = stored()
    for resource, path in routes(known):
        if EXPECTED[resource] in changes:
            continue
        for method in CHANGING:
            answer = api.send(method, path, {})
            assert (answer.status_code, answer.json()) == (
                403,
                {"detail": "Your role does not allow this."},
            ), (method, path)
    assert stored() == before


@pytest.mark.parametrize("role", ["system-management", "user-management"])
def test_what_a_role_may_change_is_not_refused(role: str) -> None:
    api, known = Api(role), places()
    for resource, path in routes(known):
        if resource in ("users", "groups") or role == "system-management":
            for method in CHANGING:
                assert api.send(method, path, {}).status_code not in (403, 500), (method, path)
