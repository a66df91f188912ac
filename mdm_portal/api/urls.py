"""The admin API: /api/v1, its OpenAPI document and a reference to read."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import DefaultRouter

from mdm_portal.api import views
from mdm_portal.api.configurations import ConfigurationsView
from mdm_portal.api.elsewhere import Elsewhere
from mdm_portal.api.groups import GroupsView
from mdm_portal.api.reference import reference

router = DefaultRouter()
router.include_root_view = False
router.register("tokens", views.TokensView, "api-token")
router.register("settings", views.SettingsView, "api-settings")
router.register("custom-attributes", views.CustomAttributesView, "api-custom-attribute")
router.register("users", views.UsersView, "api-user")
router.register("groups", GroupsView, "api-group")
router.register("configurations", ConfigurationsView, "api-configuration")
router.register("audit", views.AuditView, "api-event")
router.register("activity", views.ActivityView, "api-request")

urlpatterns = [
    path("v1/", include(router.urls)),
    re_path(r"^v1/", Elsewhere.as_view(), name="api-elsewhere"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", reference, name="api-docs"),
]
