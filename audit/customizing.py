"""How its reader likes to see the trail: the forms of the page, and what becomes of them."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.columns import choose_columns, chosen_columns
from audit.filters import EventFilter
from audit.forms import ColumnsForm, DeleteQueryForm, SaveQueryForm
from audit.preferences import SavedQuery
from audit.saved_queries import SavedQueryError, delete_query, save_query, saved_queries

COLUMNS, SAVE, DELETE = "columns", "save", "delete"


class TrailRequest(HttpRequest):
    """A request after the portal's middleware: the administrator who sends it is its actor."""

    actor: Actor
    user: Any


class Customizing:
    """The columns and the saved queries of the one who reads the page."""

    def __init__(self, request: TrailRequest, filters: EventFilter, kept: dict[str, str]) -> None:
        """Look at a request; ``kept`` is what its address says beside the filters."""
        self.request, self.filters, self.kept = request, filters, kept
        self.administrator_id: int = request.user.pk
        self.sent = request.POST.get("do", "") if request.method == "POST" else ""

    def save(self) -> bool:
        """Do what the form asks for, say so, and tell whether it was done."""
        actions = {COLUMNS: self._save_columns, SAVE: self._save_query, DELETE: self._delete_query}
        if self.sent not in actions:
            raise SuspiciousOperation("The form of the trail was changed on its way.")
        return actions[self.sent]()

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """Return the keys of the columns that are shown."""
        return chosen_columns(self.administrator_id)

    @cached_property
    def saved(self) -> list[SavedQuery]:
        """Return the saved queries."""
        return list(saved_queries(self.administrator_id))

    @cached_property
    def columns_form(self) -> ColumnsForm:
        """Return the form Customize columns."""
        data = self.request.POST if self.sent == COLUMNS else None
        return ColumnsForm(data, initial={"columns": self.shown}, auto_id="shown_%s")

    @cached_property
    def query_form(self) -> SaveQueryForm:
        """Return the form that saves the filters of the page."""
        data = self.request.POST if self.sent == SAVE else None
        return SaveQueryForm(data, auto_id="saved_%s")

    @property
    def query(self) -> str:
        """Return the part of the address that is worth saving: what makes sense in it."""
        asked = {name: self.request.GET[name] for name in self.filters.asked}
        return urlencode(asked | self.kept)

    def _save_columns(self) -> bool:
        form = self.columns_form
        if not form.is_valid():
            return False
        changed = choose_columns(
            administrator_id=self.administrator_id,
            keys=form.cleaned_data["columns"],
            actor=self.request.actor,
        )
        if changed:
            messages.success(self.request, _("Changes saved."))
        else:
            messages.info(self.request, _("Nothing was changed."))
        return True

    def _save_query(self) -> bool:
        form = self.query_form
        if form.is_valid() and not self.query:
            form.add_error("name", _("Set a filter first, then save it."))
        if not form.is_valid():
            return False
        try:
            saved = save_query(
                administrator_id=self.administrator_id,
                name=form.cleaned_data["name"],
                query=self.query,
                actor=self.request.actor,
            )
        except SavedQueryError as error:
            form.add_error("name", str(error))
            return False
        messages.success(self.request, _("The query “%s” was saved.") % saved.name)
        return True

    def _delete_query(self) -> bool:
        form = DeleteQueryForm(self.request.POST)
        gone = form.is_valid() and delete_query(
            administrator_id=self.administrator_id,
            query_id=form.cleaned_data["query"],
            actor=self.request.actor,
        )
        if gone:
            messages.success(self.request, _("The query “%s” was deleted.") % gone.name)
        else:
            messages.info(self.request, _("There is no such saved query any more."))
        return True
