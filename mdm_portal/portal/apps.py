"""The shell of the portal: navigation, sign-in, language."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What all pages share."""

    name = "mdm_portal.portal"

    def ready(self) -> None:
        """Listen to sign-in and sign-out for the trail."""
        from mdm_portal.portal import sign_in_trail  # noqa: F401
