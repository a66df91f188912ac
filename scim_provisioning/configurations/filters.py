"""How the list of configurations is narrowed down."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from scim_provisioning.configurations.kinds import kind_choices
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.directory.filters import SearchFilter
from scim_provisioning.directory.text import fold


class ConfigurationFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Search by name, and type."""

    q = SearchFilter(method="search")
    kind = django_filters.ChoiceFilter(label=_("Type"), choices=kind_choices, empty_label=_("All"))

    class Meta:
        """Nothing but the filters above."""

        model = Configuration
        fields: tuple[str, ...] = ()

    def search(
        self, rows: QuerySet[Configuration], _name: str, text: str
    ) -> QuerySet[Configuration]:
        """Return configurations whose name contains the text."""
        return rows.filter(name_key__contains=fold(text.strip()))
