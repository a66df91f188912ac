"""The admin API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The admin API and its tokens."""

    name = "mdm_portal.api"
    label = "api"
