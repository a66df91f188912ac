"""Invitations by e-mail."""

from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    """The outbox of invitations."""

    name = "scim_provisioning.invitations"

    def ready(self) -> None:
        """Listen to the directory."""
        from scim_provisioning.invitations import listeners  # noqa: F401
