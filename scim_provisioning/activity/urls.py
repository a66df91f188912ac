"""Addresses of the request log, below /admin/identity/user-provisioning/."""

from django.urls import path

from scim_provisioning.activity import pages

urlpatterns = [
    path("requests/", pages.scim_requests, name="scim-requests"),
    path("requests/<int:request_id>/", pages.scim_request, name="scim-request"),
    path("requests/<int:request_id>/register/", pages.register, name="scim-request-register"),
]
