"""How the Audit Trails page narrows the trail down.

A value that makes no sense is told beside its field, and does not narrow the trail.
"""

from collections.abc import Callable, Container
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from audit.events import CATEGORIES, EVENTS, TYPES
from audit.history import history_of
from audit.matching import activity_is, performed_by_has, says, type_is
from audit.models import STATUSES, Event

CALENDAR = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
LONGEST = 200
SUBJECT = ("subject_type", "subject_id", "subject_name")

Choices = Callable[[], list[tuple[str, str]]]


def category_choices() -> list[tuple[str, str]]:
    """Return the categories, in the reader's language."""
    return [(key, str(label)) for key, label in CATEGORIES.items()]


def type_choices() -> list[tuple[str, str]]:
    """Return the types, in the reader's language."""
    return [(key, str(label)) for key, label in TYPES.items()]


def activity_choices() -> list[tuple[str, str]]:
    """Return the names of all events, in the reader's language."""
    return [(key, str(event.label)) for key, event in EVENTS.items()]


def status_choices() -> list[tuple[str, str]]:
    """Return how an event may have ended, in the reader's language."""
    return [(key, str(label)) for key, label in STATUSES.items()]


COMMON = "user"
"""The category of what identity providers do all day; the index audit_uncommon leaves it out."""
RARE: dict[str, Container[str]] = {
    "category": CATEGORIES.keys() - {COMMON},
    "type": TYPES.keys() - {event.type for event in EVENTS.values() if event.category == COMMON},
    "event": {key for key, event in EVENTS.items() if event.category != COMMON},
    "status": {Event.FAILURE},
}


class RangeForm(forms.Form):
    """The form of the filters: a range of days goes forward."""

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it starts."""
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end < start:
            self.add_error("end", _("The end date is before the start date."))
        return self.cleaned_data


def _day(label: object, method: str) -> django_filters.DateFilter:
    """Return one end of the date range; both days belong to it."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter(label=label, method=method, widget=widget, validators=CALENDAR)


def _choice(label: object, choices: Choices, **options: str) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=label, choices=choices, empty_label=_("All"), **options
    )


def _words(label: object, kind: str = "text", **options: str) -> django_filters.CharFilter:
    widget = forms.TextInput(attrs={"type": kind, "autocomplete": "off"})
    return django_filters.CharFilter(label=label, max_length=LONGEST, widget=widget, **options)


def _hidden(length: int) -> django_filters.CharFilter:
    """Return a part of the address that tells whose history is read."""
    return django_filters.CharFilter(
        max_length=length, widget=forms.HiddenInput, method="unchanged", strip=False
    )


class EventFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Quick search, a range of days, and a filter for each column."""

    q = _words(_("Search"), "search", method="search")
    start = _day(_("Start Date"), "since")
    end = _day(_("End Date"), "until")
    category = _choice(_("Category"), category_choices)
    type = _choice(_("Type"), type_choices, method="of_type")
    event = _choice(_("Activity"), activity_choices, method="of_activity")
    name = _words(_("Name"), field_name="subject_name", lookup_expr="ilike")
    performed_by = _words(_("Performed By"), method="by")
    status = _choice(_("Status"), status_choices)
    subject_type = _hidden(32)
    subject_id = _hidden(64)
    subject_name = _hidden(300)

    class Meta:
        """Nothing but the filters above."""

        model = Event
        fields: tuple[str, ...] = ()
        form = RangeForm

    @property
    def asked(self) -> dict[str, Any]:
        """Return what narrows the trail down: the values that make sense."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def is_narrow(self) -> bool:
        """Tell whether anything was asked for, sense or nonsense."""
        return bool(self.asked) or bool(self.errors)

    @property
    def subject(self) -> dict[str, str]:
        """Return whose history this is; nothing when it is everybody's."""
        asked = {name: self.asked[name] for name in SUBJECT if name in self.asked}
        return asked if "subject_type" in asked and len(asked) > 1 else {}

    def filter_queryset(self, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Return the matching events; who never had an id is known by the name alone."""
        matching: QuerySet[Event] = super().filter_queryset(queryset)
        if not self.subject:
            return matching
        if "subject_name" in self.subject:
            return matching.filter(**({"subject_id": ""} | self.subject))
        return history_of(matching, self.subject["subject_type"], self.subject["subject_id"])

    @property
    def served(self) -> QuerySet[Event]:
        """Return the events that an index narrows down to: ``qs`` itself when it needs no more."""
        matching: QuerySet[Event] = self.qs
        if not self.is_narrow or self.subject:
            return matching
        by_index = {name: value for name, value in self.asked.items() if _is_served(name, value)}
        if by_index == self.asked or self.errors:
            return matching
        rows: QuerySet[Event] = self.queryset
        for name, value in by_index.items():
            rows = self.filters[name].filter(rows, value)
        return rows

    def unchanged(self, events: QuerySet[Event], _name: str, _value: str) -> QuerySet[Event]:
        """Return all events: a part of a subject alone means nothing."""
        return events

    def search(self, events: QuerySet[Event], _name: str, text: str) -> QuerySet[Event]:
        """Return events that say each of the words."""
        for word in text.split():
            events = events.filter(says(word))
        return events

    def by(self, events: QuerySet[Event], _name: str, text: str) -> QuerySet[Event]:
        """Return what was performed by those whose name contains the text."""
        return events.filter(performed_by_has(text))

    def of_type(self, events: QuerySet[Event], _name: str, key: str) -> QuerySet[Event]:
        """Return the events of a type."""
        return events.filter(type_is(key))

    def of_activity(self, events: QuerySet[Event], _name: str, key: str) -> QuerySet[Event]:
        """Return the events of a name."""
        return events.filter(activity_is(key))

    def since(self, events: QuerySet[Event], _name: str, day: date) -> QuerySet[Event]:
        """Return the events of a day and later."""
        return events.filter(occurred_at__gte=_midnight(day))

    def until(self, events: QuerySet[Event], _name: str, day: date) -> QuerySet[Event]:
        """Return the events of a day and before."""
        return events.filter(occurred_at__lt=_midnight(day + timedelta(days=1)))


def _is_served(name: str, value: Any) -> bool:
    """Tell whether an index serves a filter: not text, nor what identity providers do all day."""
    return name in ("start", "end") or value in RARE.get(name, ())


def _midnight(day: date) -> datetime:
    """Return when a day begins where the portal is."""
    return make_aware(datetime.combine(day, time.min))
