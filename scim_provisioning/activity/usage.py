"""How often each token was used, counted from the log."""

from datetime import datetime

from scim_provisioning.activity.hours import FAILED, REQUESTS, hours_since
from scim_provisioning.tokens.usage import Calls


def calls_since(since: datetime) -> list[Calls]:
    """Return the calls since a moment, to the hour, by token."""
    hours = hours_since(since).exclude(token_id="").values_list("provider", "token_id")
    return [Calls(*row) for row in hours.annotate(total=REQUESTS, failed=FAILED)]
