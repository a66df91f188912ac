"""The filters of the portal's lists in the admin API: what makes no sense is refused."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.plumbing import build_parameter_type
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from audit.filters import SUBJECT, EventFilter
from mdm_portal.api.pagination import Pages
from scim_provisioning.activity.filters import token_choices
from scim_provisioning.directory.filters import SearchFilter, attribute_choices
from scim_provisioning.directory.text import fold
from scim_provisioning.providers import CHOICES
from scim_provisioning.settings.models import CustomAttribute
from scim_provisioning.tokens.models import ScimToken

PAGING = (Pages.cursor_query_param, Pages.page_size_query_param, "format")


class Filters(DjangoFilterBackend):
    """Narrows lists down; a misspelled filter would else list everything."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        """Return what matches; raise ValidationError for unknown parameters and bad values."""
        if view.action == "retrieve":
            return queryset
        filters = self.get_filterset_class(view, queryset)
        known = [*(filters.base_filters if filters else ()), *PAGING]
        sentence = _("There is no such parameter here; there are: %s.") % ", ".join(known)
        if unknown := {name: [sentence] for name in request.query_params if name not in known}:
            raise ValidationError(unknown)
        rows: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return rows


class TokenFilter(django_filters.FilterSet):
    """Tokens by identity provider and status."""

    provider = django_filters.ChoiceFilter(choices=CHOICES)
    status = django_filters.ChoiceFilter(
        choices=[(key, key) for key in ("active", "inactive", "expired")], method="with_status"
    )

    class Meta:
        """Nothing but the filters above."""

        model = ScimToken
        fields: tuple[str, ...] = ()

    def with_status(
        self, rows: QuerySet[ScimToken], _name: str, status: str
    ) -> QuerySet[ScimToken]:
        """Return the tokens of a status."""
        is_expired = Q(expires_at__isnull=False, expires_at__lte=timezone.now())
        if status == "expired":
            return rows.filter(is_expired)
        return rows.filter(~is_expired, is_active=status == "active")


class CustomAttributeFilter(django_filters.FilterSet):
    """Custom attributes by name."""

    q = SearchFilter(method="search")

    class Meta:
        """Nothing but the filter above."""

        model = CustomAttribute
        fields: tuple[str, ...] = ()

    def search(
        self, rows: QuerySet[CustomAttribute], _name: str, text: str
    ) -> QuerySet[CustomAttribute]:
        """Return attributes whose name contains the text."""
        return rows.filter(name_key__contains=fold(text.strip()))


class ApiEventFilter(EventFilter):
    """The trail's filters; half a subject is refused, where the page would show everything."""

    def is_valid(self) -> bool:
        """Tell whether all values make sense."""
        is_valid: bool = super().is_valid()
        if is_valid and any(self.data.get(name) for name in SUBJECT) and not self.subject:
            self.form.add_error(
                "subject_type", _("Send subject_type with subject_id or subject_name.")
            )
            return False
        return is_valid


STORED_CHOICES = (attribute_choices, token_choices)
"""Choices that are rows: the document of the API is the same whatever is stored."""


class FiltersInSchema(DjangoFilterExtension):
    """Names the choices of the filters in the OpenAPI document."""

    target_class = "mdm_portal.api.filters.Filters"
    priority = 1

    def resolve_filter_field(
        self,
        auto_schema: Any,
        model: Any,
        filterset_class: Any,
        field_name: str,
        filter_field: Any,
    ) -> list[dict[str, Any]]:
        """Return a filter's parameter, with its choices."""
        choices = filter_field.extra.get("choices")
        if choices is None:
            found: list[dict[str, Any]] = super().resolve_filter_field(
                auto_schema, model, filterset_class, field_name, filter_field
            )
            return found
        schema: dict[str, Any] = {"type": "string"}
        if choices not in STORED_CHOICES:
            shown = choices() if callable(choices) else choices
            schema["enum"] = [key for key, _label in shown]
        words = str(filter_field.label or "")
        return [build_parameter_type(field_name, schema, "query", description=words)]
