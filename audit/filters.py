"""How the Audit Trails page narrows the trail down."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audit.events import CATEGORIES, EVENTS
from audit.models import Event


def category_choices() -> list[tuple[str, str]]:
    """Return the categories, in the reader's language."""
    return [(key, str(label)) for key, label in CATEGORIES.items()]


def activity_choices() -> list[tuple[str, str]]:
    """Return the names of all events, in the reader's language."""
    return [(key, str(event.label)) for key, event in EVENTS.items()]


def _day(label: object, lookup: str) -> django_filters.DateFilter:
    """Return one end of the date range; both days belong to it."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter("occurred_at", f"date__{lookup}", label=label, widget=widget)


class EventFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Quick search, category, activity and a range of days."""

    q = django_filters.CharFilter(
        label=_("Search"),
        max_length=200,
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    category = django_filters.ChoiceFilter(
        label=_("Category"), choices=category_choices, empty_label=_("All")
    )
    event = django_filters.ChoiceFilter(
        label=_("Activity"), choices=activity_choices, empty_label=_("All")
    )
    start = _day(_("Start Date"), "gte")
    end = _day(_("End Date"), "lte")

    class Meta:
        """Nothing but the filters above."""

        model = Event
        fields: tuple[str, ...] = ()

    def search(self, events: QuerySet[Event], _name: str, text: str) -> QuerySet[Event]:
        """Return events whose name, actor or details contain the text."""
        return events.filter(
            Q(subject_name__icontains=text)
            | Q(actor_name__icontains=text)
            | Q(details__icontains=text)
        )
