"""Addresses of User Provisioning, below /admin/identity/user-provisioning/."""

from django.urls import path

from scim_provisioning.tokens import pages

urlpatterns = [
    path("", pages.choose, name="provisioning"),
    path("tokens/<uuid:token_id>/activate/", pages.activate, name="token-activate"),
    path("tokens/<uuid:token_id>/deactivate/", pages.deactivate, name="token-deactivate"),
    path("tokens/<uuid:token_id>/renew/", pages.renew, name="token-renew"),
    path("tokens/<uuid:token_id>/remove/", pages.remove, name="token-remove"),
    path("<slug:provider>/", pages.provider_page, name="provisioning-provider"),
    path("<slug:provider>/generate/", pages.generate, name="token-generate"),
]
