"""What was done to one user, group, token or the like: its own events, and those that name it."""

from uuid import UUID

from django.db.models import F, FilteredRelation, Q, QuerySet

from audit.mentions import Mention
from audit.models import Event

JOINED = "joined"


def history_of(events: QuerySet[Event], subject_type: str, subject_id: str) -> QuerySet[Event]:
    """Return those of the events that tell what was done to a subject.

    A user's groups are told by the groups' events, each with ``joined`` of this user.
    """
    user_id = _uuid(subject_id) if subject_type == "user" else None
    if user_id is None:
        return events.filter(subject_type=subject_type, subject_id=subject_id)
    own = Event.objects.filter(subject_type=subject_type, subject_id=subject_id).values("pk")
    named = Mention.objects.filter(subject_id=user_id).values("event_id")
    about = FilteredRelation("mentions", condition=Q(mentions__subject_id=user_id))
    told = events.filter(pk__in=own.union(named, all=True))
    return told.annotate(about=about, **{JOINED: F("about__joined")})


def _uuid(text: str) -> UUID | None:
    """Return the id that a text says, if it says one."""
    try:
        return UUID(text)
    except ValueError:
        return None
