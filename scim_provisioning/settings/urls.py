"""Addresses of Edit Settings, below /admin/identity/user-provisioning/."""

from django.urls import path

from scim_provisioning.settings import attributes, pages

urlpatterns = [
    path("<slug:provider>/settings/", pages.edit_settings, name="provisioning-settings"),
    path(
        "<slug:provider>/settings/attributes/<slug:name>/delete/",
        attributes.delete_attribute,
        name="custom-attribute-delete",
    ),
]
