"""Users as CSV, streamed: a million of them need no more memory than a page."""

from collections.abc import Generator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from audit.export import BOM, ROWS, lines
from mdm_portal.portal.lists import sorting
from scim_provisioning.directory.column_choice import chosen_columns
from scim_provisioning.directory.columns import CUSTOM, NAME, UserColumn, all_columns, text
from scim_provisioning.directory.invite_status import with_invite_status
from scim_provisioning.directory.models import User
from scim_provisioning.directory.selection import selected

UNWRITTEN = ("emails", "emails_key", "custom_key", "search_text")
"""Wide columns that no line shows: they stay in the database."""


@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Return the ticked users, else all that match, as CSV; filters without sense lead back."""
    selection = selected(request.GET, unless_ticked=True)
    if not selection.is_sound:
        return redirect(selection.back)
    known = all_columns()
    columns = chosen_columns(request, known)
    order = sorting(request, (NAME, *(column.head for column in columns)), "name")
    attributes = [column for column in known if column.key.startswith(CUSTOM)]
    written = [column for column in columns if column not in attributes] + attributes
    rows = csv_of(selection.users.order_by(*order.order_by), written, get_language() or "en")
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="users-{localdate():%Y-%m-%d}.csv"'
    return answer


def csv_of(
    users: QuerySet[User], columns: Sequence[UserColumn], language: str
) -> Generator[str, None, None]:
    """Yield the users as CSV in a language: their names, then the columns; one snapshot."""
    with translation.override(language):
        labels = [str(column.label) for column in columns]
        yield BOM + lines([[_("Name"), _("Username"), *labels]])
        # A cursor outside of a transaction would have the server copy all rows first.
        found: Any = with_invite_status(users).defer(*UNWRITTEN).iterator(chunk_size=ROWS)
        with transaction.atomic(), closing(found) as rows:
            while chunk := list(islice(rows, ROWS)):
                yield lines(_line(person, columns) for person in chunk)


def _line(person: Any, columns: Sequence[UserColumn]) -> list[str]:
    """Return what a user's line says."""
    return [person.title, person.user_name, *(text(column.read(person)) for column in columns)]
