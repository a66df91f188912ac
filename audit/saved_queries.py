"""Saved queries: sets of filters that an administrator comes back to."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import events
from audit.actors import Actor
from audit.preferences import SavedQuery
from audit.services import Change, Subject, record

MAX_SAVED_QUERIES = 50


class SavedQueryError(Exception):
    """Why a query was not saved, in words for the administrator."""


def saved_queries(administrator_id: int) -> QuerySet[SavedQuery]:
    """Return the saved queries of one administrator, by name."""
    return SavedQuery.objects.filter(administrator_id=administrator_id)


@transaction.atomic
def save_query(*, administrator_id: int, name: str, query: str, actor: Actor) -> SavedQuery:
    """Save and return a set of filters under a name that is new to its administrator."""
    # Two windows of the same administrator cannot save at once: the checks hold.
    get_user_model().objects.select_for_update().get(pk=administrator_id)
    mine = saved_queries(administrator_id)
    if mine.filter(name__iexact=name).exists():
        raise SavedQueryError(_("You already have a saved query with this name."))
    if mine.count() >= MAX_SAVED_QUERIES:
        raise SavedQueryError(
            _("You can have at most %d saved queries. Delete one first.") % MAX_SAVED_QUERIES
        )
    saved = SavedQuery.objects.create(administrator_id=administrator_id, name=name, query=query)
    _record(events.SAVED_QUERY_CREATED, saved, actor, before=None, after=query)
    return saved


@transaction.atomic
def delete_query(*, administrator_id: int, query_id: int, actor: Actor) -> SavedQuery | None:
    """Delete and return a saved query of this administrator; None when there is no such one."""
    mine = saved_queries(administrator_id).select_for_update()
    saved = mine.filter(pk=query_id).first()
    if saved:
        _record(events.SAVED_QUERY_DELETED, saved, actor, before=saved.query, after=None)
        saved.delete()
    return saved


def _record(
    event: events.EventType,
    saved: SavedQuery,
    actor: Actor,
    *,
    before: str | None,
    after: str | None,
) -> None:
    record(
        event,
        actor=actor,
        subject=Subject("saved_query", str(saved.pk), saved.name),
        changes=[Change(attribute="query", before=before, after=after)],
    )
