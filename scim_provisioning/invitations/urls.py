"""Addresses of invited people, who do not sign in."""

from django.urls import path

from scim_provisioning.invitations import pages

urlpatterns = [path("register/<str:token>/", pages.registration, name="registration")]
