"""Addresses of invited people, who do not sign in, and of their invitations in the portal."""

from django.urls import path

from scim_provisioning.invitations import bulk_pages, pages, user_pages

urlpatterns = [
    path("register/<str:token>/", pages.registration, name="registration"),
    path("users/actions/invite/", bulk_pages.invite, name="users-invite"),
    path("users/<uuid:user_id>/invitations/", user_pages.user_invitations, name="user-invitations"),
    path("users/<uuid:user_id>/invite/", user_pages.invite_user, name="user-invite"),
]
