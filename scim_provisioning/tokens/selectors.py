"""What other rooms read of tokens."""

from django.db.models import QuerySet

from scim_provisioning.tokens.models import ScimToken


def current_tokens() -> QuerySet[ScimToken]:
    """Return the tokens that fill slots: active, inactive and expired ones, oldest first."""
    return ScimToken.objects.filter(removed_at=None)
