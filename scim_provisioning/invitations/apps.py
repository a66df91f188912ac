"""Invitations by e-mail."""

from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    """The outbox of invitations."""

    name = "scim_provisioning.invitations"
