"""The log of SCIM requests."""

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    """The log of SCIM requests."""

    name = "scim_provisioning.activity"

    def ready(self) -> None:
        """Tell the pages of tokens how often each was used."""
        from scim_provisioning.activity.usage import calls_since
        from scim_provisioning.tokens.usage import read_with

        read_with(calls_since)
