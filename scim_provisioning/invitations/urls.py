"""Addresses of invited people, who do not sign in, and of their invitations in the portal."""

from django.urls import path

from scim_provisioning.invitations import pages, user_pages

urlpatterns = [
    path("register/<str:token>/", pages.registration, name="registration"),
    path("users/<uuid:user_id>/invitations/", user_pages.user_invitations, name="user-invitations"),
]
