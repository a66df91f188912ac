"""The columns of the Expanded view."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class TrailColumn:
    """A column of the trail."""

    key: str
    label: Promise
    is_default: bool = True
    """Whether it is shown to those who chose no columns."""


COLUMNS = (
    TrailColumn("time", _("Time of Action")),
    TrailColumn("activity", _("Activity")),
    TrailColumn("type", _("Type"), is_default=False),
    TrailColumn("category", _("Category"), is_default=False),
    TrailColumn("name", _("Name")),
    TrailColumn("performed_by", _("Performed By")),
    TrailColumn("details", _("DETAILS")),
    TrailColumn("status", _("Status")),
    TrailColumn("changes", _("Changes - Before & After")),
)
DEFAULT = tuple(column.key for column in COLUMNS if column.is_default)
