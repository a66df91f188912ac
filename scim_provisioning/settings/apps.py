"""Settings of user provisioning."""

from django.apps import AppConfig


class SettingsConfig(AppConfig):
    """Provider settings and the registry of custom attributes."""

    name = "scim_provisioning.settings"
    label = "provisioning_settings"

    def ready(self) -> None:
        """Answer the directory."""
        from scim_provisioning.settings import listeners  # noqa: F401
