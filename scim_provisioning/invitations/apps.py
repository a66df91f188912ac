"""Invitations by e-mail."""

from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    """The outbox of invitations."""

    name = "scim_provisioning.invitations"

    def ready(self) -> None:
        """Listen to the directory and to the settings."""
        from scim_provisioning.invitations import listeners  # noqa: F401
        from scim_provisioning.invitations.mail_templates import listeners as _uses  # noqa: F401
