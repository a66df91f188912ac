"""The SCIM 2.0 protocol."""

from django.apps import AppConfig


class ScimConfig(AppConfig):
    """RFC 7643 and 7644 over HTTP."""

    name = "scim_provisioning.scim"
