"""How many mails leave in a minute, over all workers: counted in PostgreSQL.

Not in Valkey: while that is out, mails must neither stop nor lose their limit.
"""

from datetime import timedelta

from django.utils import timezone

from scim_provisioning.invitations.models import Departure
from scim_provisioning.locks import one_after_the_other

MINUTE = timedelta(minutes=1)


class TooMany(Exception):
    """No mail may leave before some seconds have passed."""

    def __init__(self, seconds: float) -> None:
        """Keep the seconds."""
        self.seconds = seconds
        super().__init__(f"{seconds:.1f} s")


def depart(limit: int) -> None:
    """Note that a mail leaves now; raise TooMany when ``limit`` left within the last minute.

    Runs in the transaction that claims the mail. 0 is no limit.
    """
    if not limit:
        return
    with one_after_the_other("invitations.pace"):
        now = timezone.now()
        Departure.objects.filter(at__lte=now - MINUTE).delete()
        nth = Departure.objects.order_by("-at")[limit - 1 : limit].first()
        if nth is not None:
            raise TooMany((nth.at + MINUTE - now).total_seconds())
        Departure.objects.create(at=now)
