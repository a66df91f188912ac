"""The directory of provisioned people."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Users, groups and memberships."""

    name = "scim_provisioning.directory"
