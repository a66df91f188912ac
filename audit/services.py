"""The only code that writes events; callers are services, inside their own transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from audit.actors import Actor
from audit.events import EventType
from audit.log_context import log_context
from audit.models import Event
from mdm_portal.database.rows import NewRow
from mdm_portal.database.statements import Statement, Table, run

EVENTS = Table(Event)
new_event = NewRow(Event)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about."""

    type: str
    id: str
    name: str


class Change(TypedDict):
    """One attribute's value before and after, as JSON values."""

    attribute: str
    before: object
    after: object


def record(
    event: EventType,
    *,
    actor: Actor,
    subject: Subject,
    provider: str = "",
    details: str = "",
    changes: Sequence[Change] = (),
    status: str = Event.SUCCESS,
) -> None:
    """Store one event; ``provider`` defaults to the actor's identity provider."""
    row = event_row(
        event,
        actor=actor,
        subject=subject,
        provider=provider,
        details=details,
        changes=changes,
        status=status,
    )
    record_all([row])


def record_all(rows: Iterable[Event]) -> None:
    """Store events made by ``event_row``, all or none, in one round trip."""
    if events := list(rows):
        run(*recording(events))


def record_many(rows: Sequence[Event]) -> None:
    """Store very many events made by ``event_row``, in the transaction of the caller."""
    EVENTS.copy(rows)


def recording(rows: Sequence[Event]) -> list[Statement]:
    """Return the statements that store events made by ``event_row``."""
    return EVENTS.inserting(rows)


def recording_if(row: Event, statement: Statement) -> Statement:
    """Return one statement that does another and, if that changed anything, stores an event."""
    return EVENTS.inserting_if(row, statement)


def event_row(
    event: EventType,
    *,
    actor: Actor,
    subject: Subject,
    provider: str = "",
    details: str = "",
    changes: Sequence[Change] = (),
    status: str = Event.SUCCESS,
) -> Event:
    """Return one event, not stored yet."""
    return new_event(
        event=event.key,
        category=event.category,
        type=event.type,
        status=status,
        subject_type=subject.type,
        subject_id=subject.id,
        subject_name=subject.name,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        address=actor.address,
        provider=provider or actor.provider,
        details=details,
        changes=list(changes),
        request_id=actor.request_id or _current_request(actor),
    )


def _current_request(actor: Actor) -> str:
    """Return the id of the request that is being answered; a job of the system is nobody's."""
    return "" if actor.kind == "system" else log_context().get("request_id", "")
