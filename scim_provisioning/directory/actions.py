"""The Actions menu: each action first says how many users it is for and what happens, then acts."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from mdm_portal.portal.lists import MOST
from scim_provisioning.directory.errors import DirectoryError
from scim_provisioning.directory.group_actions import MEMBER, NO_MEMBER
from scim_provisioning.directory.models import User
from scim_provisioning.directory.selection import Selection, selected
from scim_provisioning.directory.user_actions import DISABLED, EMPTY, ENABLED, KEPT, SAME
from scim_provisioning.directory.verdicts import GONE, LEFT, OWNED, Verdicts, count_verdicts
from scim_provisioning.requests import PortalRequest

Sentences = Mapping[str, Any]
"""Sentences by verdict, each with a number of users in it."""
Run = Callable[[list[UUID], dict[str, Any]], Counter[str]]
"""Acts on users with the form's values; returns how many got which verdict."""

SKIPPED: Sentences = {
    OWNED: ngettext_lazy(
        "%d user is skipped: owned by an identity provider, to be changed there.",
        "%d users are skipped: owned by an identity provider, to be changed there.",
    ),
    LEFT: ngettext_lazy(
        "%d user is skipped: deprovisioned.", "%d users are skipped: deprovisioned."
    ),
    ENABLED: ngettext_lazy(
        "%d user is skipped: active already.", "%d users are skipped: active already."
    ),
    DISABLED: ngettext_lazy(
        "%d user is skipped: inactive already.", "%d users are skipped: inactive already."
    ),
    KEPT: ngettext_lazy(
        "%d user is skipped: has a value already.", "%d users are skipped: have a value already."
    ),
    SAME: ngettext_lazy(
        "%d user is skipped: has this value already.",
        "%d users are skipped: have this value already.",
    ),
    EMPTY: ngettext_lazy(
        "%d user is skipped: has no value.", "%d users are skipped: have no value."
    ),
    MEMBER: ngettext_lazy(
        "%d user is skipped: a member already.", "%d users are skipped: members already."
    ),
    NO_MEMBER: ngettext_lazy(
        "%d user is skipped: not a member.", "%d users are skipped: not members."
    ),
    GONE: ngettext_lazy(
        "%d user is skipped: no longer there.", "%d users are skipped: no longer there."
    ),
}


@dataclass(frozen=True, slots=True)
class Action:
    """One entry of the menu."""

    title: Promise
    button: Promise
    verdicts: Verdicts
    """What is known before anything was filled in."""
    happens: Sentences
    """What will happen, to those who get which verdict."""
    done: Sentences
    """What has happened."""
    skipped: Sentences = field(default_factory=lambda: SKIPPED)
    note: Promise | str = ""
    is_dangerous: bool = False
    depends_on_verdicts: bool = False
    """Whether it does different things by verdict, and must do none that was not announced."""
    form: type[forms.Form] = forms.Form
    template: str = "users/action.html"
    more: Callable[[QuerySet[User], QueryDict], dict[str, Any]] = lambda _users, _asked: {}
    """What else the page shows of the selected users, as the address asks."""


def act(request: PortalRequest, action: Action, run: Run) -> HttpResponse:
    """Return the page that asks; on POST act, and return to the list with what was done."""
    is_sent = request.method == "POST"
    selection = selected(request.POST if is_sent else request.GET)
    ids = selection.ids if selection.is_sound else []
    if refusal := _refusal(selection, ids):
        messages.error(request, refusal)
        return redirect(selection.back)
    form = action.form(request.POST if is_sent else None)
    asking = _Asking(request, action, selection, len(ids), form)
    if not is_sent:
        return asking.page()
    if request.POST.get("count") != asking.mark:
        return asking.page(status=409)
    if not form.is_valid():
        return asking.page(status=422)
    try:
        outcome = run(ids, form.cleaned_data)
    except DirectoryError as error:
        form.add_error(next(iter(form.fields), None), str(error))
        return asking.page(status=422)
    _tell(request, action, outcome)
    return redirect(selection.back)


@dataclass(frozen=True, slots=True)
class _Asking:
    """The page that asks before anything is done."""

    request: PortalRequest
    action: Action
    selection: Selection
    count: int
    form: forms.Form

    @property
    def mark(self) -> str:
        """Return what must not change between asking and acting."""
        if not self.action.depends_on_verdicts:
            return str(self.count)
        counts = count_verdicts(self.selection.users, self.action.verdicts)
        return " ".join(f"{verdict}:{number}" for verdict, number in sorted(counts.items()))

    def page(self, status: int = 200) -> HttpResponse:
        """Return the page; 409 says that other users are selected than were when it asked."""
        counts = count_verdicts(self.selection.users, self.action.verdicts)
        happens = _said(self.action.happens, counts)
        context = {
            "action": self.action,
            "selection": self.selection,
            "count": self.count,
            "mark": self.mark,
            "happens": happens,
            "skipped": _said({**self.action.skipped, **dict.fromkeys(self.action.happens)}, counts),
            "form": self.form,
            "has_changed": status == 409,
        }
        context |= self.action.more(self.selection.users, self.request.GET)
        return render(self.request, self.action.template, context, status=status)


def _refusal(selection: Selection, ids: list[UUID]) -> str:
    """Return why nothing can be done with a selection, nothing when it can."""
    if not selection.is_sound:
        return _("These filters make no sense together: nobody was selected.")
    if not ids:
        return _("Choose at least one user.")
    if len(ids) > MOST:
        return _("At most %d users at once: narrow the list down.") % MOST
    return ""


def _said(sentences: Sentences, counts: Counter[str]) -> list[str]:
    """Return the sentences for those verdicts that somebody gets."""
    return [
        str(sentence % counts[verdict])
        for verdict, sentence in sentences.items()
        if sentence and counts[verdict]
    ]


def _tell(request: PortalRequest, action: Action, outcome: Counter[str]) -> None:
    """Tell what was done, and who was skipped and why."""
    done = _said(action.done, outcome)
    for sentence in done:
        messages.success(request, sentence)
    skipped = _said({**action.skipped, **dict.fromkeys(action.done)}, outcome)
    if skipped:
        nothing = [] if done else [_("Nothing was changed.")]
        messages.warning(request, " ".join([*nothing, *skipped]))
