"""What a word of the quick search, and a choice of a filter, mean to the database."""

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, TextField
from django.db.models.lookups import IContains
from django.utils.functional import Promise

from audit.events import CATEGORIES, EVENTS, TYPES
from audit.models import NAMELESS, Event


@TextField.register_lookup
class ILike(IContains):
    """``icontains`` without UPPER(): PostgreSQL knows how common a text is only without it.

    So it goes from the newest to the oldest for a text that is everywhere, and stops after a page.
    """

    lookup_name = "ilike"

    def get_rhs_op(self, _connection: BaseDatabaseWrapper, rhs: str) -> str:
        """Return the operator with its pattern, wildcards of the text already escaped."""
        return f"ILIKE {rhs}"


def says(word: str) -> Q:
    """Return events whose type, category, actor, details or name contain a word."""
    return (
        Q(subject_name__ilike=word)
        | Q(details__ilike=word)
        | performed_by_has(word)
        | Q(type__in=_keys(TYPES, word))
        | Q(category__in=_keys(CATEGORIES, word))
    )


def performed_by_has(text: str) -> Q:
    """Return events whose actor is shown with a text: by the name, or as the nameless one."""
    nameless = _keys(NAMELESS, text)
    shown = Q(actor_kind__in=nameless)
    if Event.UNKNOWN in nameless:
        shown |= ~Q(actor_kind__in=NAMELESS)
    return Q(actor_name__ilike=text) | (Q(actor_name="") & shown)


def type_is(key: str) -> Q:
    """Return events of a type; their categories too, for the index goes by category."""
    categories = {event.category for event in EVENTS.values() if event.type == key}
    return Q(type=key, category__in=categories)


def activity_is(key: str) -> Q:
    """Return events of a name; their category too, for the index goes by category."""
    return Q(event=key, category=EVENTS[key].category)


def _keys(labels: Mapping[str, str | Promise], text: str) -> list[str]:
    """Return the keys whose words, in the reader's language, contain a text."""
    return [key for key, label in labels.items() if text.casefold() in str(label).casefold()]
