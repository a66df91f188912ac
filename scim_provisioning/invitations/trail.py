"""The audit events of invitations: of the user, with the IdP and what else there is to say."""

from audit import services
from audit.actors import Actor
from audit.events import EventType
from audit.models import Event
from audit.services import Subject
from scim_provisioning.directory.models import User
from scim_provisioning.providers import PROVIDERS


def record(
    event: EventType,
    user: User,
    *,
    actor: Actor,
    provider: str,
    words: str = "",
    status: str = Event.SUCCESS,
) -> None:
    """Write one event; the details name the IdP, then say ``words``."""
    services.record_all(
        [row(event, user, actor=actor, provider=provider, words=words, status=status)]
    )


def row(
    event: EventType,
    user: User,
    *,
    actor: Actor,
    provider: str,
    words: str = "",
    status: str = Event.SUCCESS,
) -> Event:
    """Return one event, not stored yet."""
    known = PROVIDERS.get(provider)
    parts = [known.full_name if known else "", words]
    return services.event_row(
        event,
        actor=actor,
        subject=Subject("user", str(user.id), user.title),
        provider=provider,
        details=" · ".join(filter(None, parts)),
        status=status,
    )
