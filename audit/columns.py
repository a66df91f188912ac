"""The columns of the Expanded view, and which of them an administrator chose."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import events
from audit.actors import Actor
from audit.preferences import ColumnChoice
from audit.services import Change, Subject, record


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


def heads(keys: Collection[str]) -> dict[str, str]:
    """Return the columns with those keys, in their order, by the names that their reader sees."""
    return {column.key: str(column.label) for column in COLUMNS if column.key in keys}


def chosen_columns(administrator_id: int) -> tuple[str, ...]:
    """Return the keys of the columns that an administrator sees, in their order."""
    choice = ColumnChoice.objects.filter(pk=administrator_id).first()
    return _known(choice.keys if choice else ()) or DEFAULT


@transaction.atomic
def choose_columns(*, administrator_id: int, keys: Collection[str], actor: Actor) -> bool:
    """Remember the columns of an administrator; tell whether that changed anything."""
    administrator = get_user_model().objects.select_for_update().get(pk=administrator_id)
    before, after = chosen_columns(administrator_id), _known(keys)
    if before == after:
        return False
    ColumnChoice.objects.update_or_create(pk=administrator_id, defaults={"keys": list(after)})
    record(
        events.COLUMNS_CUSTOMIZED,
        actor=actor,
        subject=Subject("administrator", str(administrator_id), administrator.get_username()),
        changes=[Change(attribute="columns", before=list(before), after=list(after))],
    )
    return True


def _known(keys: Collection[str]) -> tuple[str, ...]:
    """Return those keys that are columns, in their order."""
    return tuple(column.key for column in COLUMNS if column.key in keys)
