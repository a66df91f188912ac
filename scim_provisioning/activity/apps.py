"""The log of SCIM requests."""

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    """The log of SCIM requests."""

    name = "scim_provisioning.activity"
