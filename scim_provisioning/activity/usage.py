"""How often each token was used, counted from the log."""

from datetime import datetime

from django.db.models import Count, Q

from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.tokens.usage import Calls


def calls_since(since: datetime) -> list[Calls]:
    """Return the calls since a moment by token; the index of the times bounds what is read."""
    rows = (
        ScimRequest.objects.filter(occurred_at__gte=since)
        .exclude(token_id="")
        .order_by()
        .values_list("provider", "token_id")
        .annotate(total=Count("id"), failed=Count("id", filter=Q(status__gte=400)))
    )
    return [Calls(*row) for row in rows]
