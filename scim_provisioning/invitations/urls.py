"""Addresses of invited people, who do not sign in, and of their invitations in the portal."""

from django.urls import path

from scim_provisioning.invitations import pages

urlpatterns = [
    path("register/<str:token>/", pages.registration, name="registration"),
    path("users/<uuid:user_id>/invitations/", pages.user_invitations, name="user-invitations"),
]
