"""How the request log is narrowed down."""

from datetime import UTC, datetime

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.providers import CHOICES
from scim_provisioning.tokens.selectors import current_tokens

OUTCOMES: dict[str, Q] = {
    "success": Q(status__lt=400),
    "refused": Q(status__gte=400, status__lt=500),
    "failed": Q(status__gte=500),
    "unsuccessful": Q(status__gte=400),
    "unauthorized": Q(status=401),
    "ignored": ~Q(ignored={}),
}
CALENDAR = [
    MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(2999, 12, 31, tzinfo=UTC)),
]
METHODS = [(name, name) for name in ("GET", "POST", "PUT", "PATCH", "DELETE")]


def outcome_choices() -> list[tuple[str, str]]:
    """Return the kinds of answers, in the reader's language."""
    labels = {
        "success": _("Successful"),
        "refused": _("Refused (4xx)"),
        "failed": _("Failed (5xx)"),
        "unsuccessful": _("Refused or failed (4xx, 5xx)"),
        "unauthorized": _("Without a valid token (401)"),
        "ignored": _("With ignored attributes"),
    }
    return [(key, str(labels[key])) for key in OUTCOMES]


def token_choices() -> list[tuple[str, str]]:
    """Return the tokens that fill slots, by the names that the log tells."""
    return [(str(token.id), token.prefix) for token in current_tokens()]


def resource_choices() -> list[tuple[str, str]]:
    """Return the kinds of resources, in SCIM's names but for the two that people know."""
    names = ("Bulk", "Search", "Schema", "ResourceType", "ServiceProviderConfig")
    people = [("User", str(_("Users"))), ("Group", str(_("User Groups")))]
    return [*people, *[(name, name) for name in names]]


class MomentFilter(django_filters.DateTimeFilter):  # type: ignore[misc]
    """A moment, in UTC: the database knows not all differences from it that can be written."""

    def filter(self, rows: QuerySet[ScimRequest], value: datetime | None) -> QuerySet[ScimRequest]:
        """Return the requests before or after a moment."""
        narrowed: QuerySet[ScimRequest] = super().filter(rows, value and value.astimezone(UTC))
        return narrowed


def _moment(label: object, lookup: str) -> MomentFilter:
    """Return one end of the range of time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return MomentFilter("occurred_at", lookup, label=label, widget=widget, validators=CALENDAR)


def _choice(field: str, label: object, choices: object) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(field, label=label, choices=choices, empty_label=_("All"))


class ScimRequestFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Identity provider, token, outcome, method, resource and a range of time."""

    provider = _choice("provider", _("Identity provider"), CHOICES)
    token = _choice("token_id", _("Token"), token_choices)
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=outcome_choices, method="by_outcome", empty_label=_("All")
    )
    method = _choice("method", _("Method"), METHODS)
    resource = _choice("resource", _("Resource"), resource_choices)
    start = _moment(_("From"), "gte")
    end = _moment(_("Until"), "lte")

    class Meta:
        """Nothing but the filters above."""

        model = ScimRequest
        fields: tuple[str, ...] = ()

    def by_outcome(
        self, requests: QuerySet[ScimRequest], _name: str, outcome: str
    ) -> QuerySet[ScimRequest]:
        """Return the requests that were answered so."""
        return requests.filter(OUTCOMES[outcome])
