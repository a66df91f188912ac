"""Sessions of administrators."""

from django.contrib.sessions.models import Session
from django.utils import timezone


def clear_ended() -> int:
    """Delete sessions that have ended; return how many that were."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
