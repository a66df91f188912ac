"""Sign-ins, failed ones and sign-outs, in the audit trail."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from audit import events
from audit.actors import Actor
from audit.addresses import client_address
from audit.events import EventType
from audit.models import Event
from audit.services import Subject, record

NAME_LENGTH = 150


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Any, **_others: Any) -> None:
    """Record a sign-in."""
    _record(events.SIGNED_IN, request, user)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: Any, **_others: Any) -> None:
    """Record a sign-out."""
    if user is not None:
        _record(events.SIGNED_OUT, request, user)


@receiver(user_login_failed)
def sign_in_failed(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_others: Any
) -> None:
    """Record a failed sign-in under the name that was tried, which may be anything."""
    name = str(credentials.get("username", ""))[:NAME_LENGTH].replace("\0", "")
    address = client_address(request) if request else ""
    actor = Actor(kind="administrator", name=name, address=address)
    record(
        events.SIGN_IN_FAILED,
        actor=actor,
        subject=Subject("administrator", "", name),
        status=Event.FAILURE,
    )


def _record(event: EventType, request: HttpRequest, user: Any) -> None:
    actor = Actor.administrator(user, client_address(request))
    record(event, actor=actor, subject=Subject("administrator", str(user.pk), user.get_username()))
