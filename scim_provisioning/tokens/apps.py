"""The bearer tokens of identity providers."""

from django.apps import AppConfig


class TokensConfig(AppConfig):
    """Tokens: at most two in the whole portal."""

    name = "scim_provisioning.tokens"
