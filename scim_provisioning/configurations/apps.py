"""Configurations: sets of fields that are filled for each user."""

from django.apps import AppConfig


class ConfigurationsConfig(AppConfig):
    """Wi-Fi, e-mail, VPN and custom configurations."""

    name = "scim_provisioning.configurations"

    def ready(self) -> None:
        """Answer who uses a custom attribute."""
        from scim_provisioning.configurations import listeners  # noqa: F401
