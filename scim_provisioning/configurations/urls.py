"""Addresses below /admin/configurations/."""

from django.urls import path

from scim_provisioning.configurations import editor, pages

urlpatterns = [
    path("", pages.configurations, name="configurations"),
    path("new/", pages.choose, name="configuration-choose"),
    path("new/<slug:kind>/", editor.new, name="configuration-new"),
    path("<uuid:configuration_id>/", pages.configuration, name="configuration"),
    path("<uuid:configuration_id>/edit/", editor.edit, name="configuration-edit"),
    path("<uuid:configuration_id>/delete/", pages.delete, name="configuration-delete"),
    path("<uuid:configuration_id>/preview/", pages.preview, name="configuration-preview"),
    path(
        "<uuid:configuration_id>/preview/<uuid:user_id>/",
        pages.preview,
        name="configuration-preview-of",
    ),
    path("<uuid:configuration_id>/users/", pages.users, name="configuration-users"),
]
