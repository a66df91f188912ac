"""The only code that writes configurations: each call one transaction and one audit event."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import events
from audit.actors import Actor
from audit.events import EventType
from audit.services import Change, Subject, record
from scim_provisioning.configurations.drafts import Checked, Draft, Refused, checked
from scim_provisioning.configurations.kinds import KINDS
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.settings.selectors import locked_attribute_names
from scim_provisioning.settings.variables import BUILT_IN


class NotFound(Exception):
    """There is no such configuration any more."""


def create(*, kind: str, draft: Draft, actor: Actor) -> Configuration:
    """Return a new configuration; raise Refused with the reason of each field."""
    row = Configuration(kind=kind)
    with _one_of_its_name(draft), transaction.atomic():
        wanted = _checked(row, draft)
        _set(row, wanted, draft.secrets)
        row.modified_at = row.created_at
        row.save(force_insert=True)
        changes = changes_between(Configuration(kind=kind), row)
        _record(events.CONFIGURATION_ADDED, row, actor, changes)
    return row


def change(*, configuration_id: UUID, draft: Draft, actor: Actor) -> bool:
    """Make a configuration what the draft says; tell whether that changed anything.

    Raises Refused and NotFound.
    """
    return amend(configuration_id=configuration_id, edit=lambda _row: draft, actor=actor)


def amend(*, configuration_id: UUID, edit: Callable[[Configuration], Draft], actor: Actor) -> bool:
    """Make a configuration what ``edit`` makes of its locked row; tell whether that changed it.

    Raises Refused and NotFound.
    """
    with transaction.atomic():
        row = _locked(configuration_id)
        before = Configuration(
            kind=row.kind, name=row.name, values=row.values, secrets=dict(row.secrets)
        )
        draft = edit(row)
        _set(row, _checked(row, draft), draft.secrets)
        changes = changes_between(before, row)
        if not changes:
            return False
        row.modified_at = timezone.now()
        with _one_of_its_name(draft):
            row.save(force_update=True)
        _record(events.CONFIGURATION_CHANGED, row, actor, changes)
    return True


def delete(*, configuration_id: UUID, actor: Actor) -> Configuration:
    """Delete a configuration and return what it was; raise NotFound."""
    with transaction.atomic():
        row = _locked(configuration_id)
        changes = changes_between(row, Configuration(kind=row.kind))
        _record(events.CONFIGURATION_DELETED, row, actor, changes)
        Configuration.objects.filter(pk=row.pk).delete()
    return row


def changes_between(before: Configuration, after: Configuration) -> list[Change]:
    """Return what differs; of a secret only whether it is set, and that it was changed."""
    changes = _differences({"name": before.name or None}, {"name": after.name or None})
    old, new = dict(before.values), dict(after.values)
    values = _differences(old, new)
    if not values and before.values != after.values:
        values = [Change(attribute="order", before=list(old), after=list(new))]
    return [*changes, *values, *_secret_changes(before.secrets, after.secrets)]


def _differences(old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    return [
        Change(attribute=key, before=old.get(key), after=new.get(key))
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


def _secret_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """Return the changes of secrets, without the secrets."""
    set_or_not = _differences(
        {f"{key}Set": key in old for key in {**old, **new}},
        {f"{key}Set": key in new for key in {**old, **new}},
    )
    changed = [key for key in old if key in new and old[key] != new[key]]
    return [
        *set_or_not,
        *(Change(attribute=f"{key}Changed", before=None, after=True) for key in changed),
    ]


def _checked(row: Configuration, draft: Draft) -> Checked:
    """Return what to save; the custom attributes stay until the transaction ends."""
    return checked(KINDS[row.kind], draft, [*BUILT_IN, *locked_attribute_names()])


def _set(row: Configuration, wanted: Checked, secrets: Mapping[str, str]) -> None:
    """Set the columns, not saving the row."""
    row.name, row.values, row.variables = wanted.name, wanted.values, wanted.variables
    kept = {**row.secrets, **secrets}
    known = {field.key for field in row.declaration.fields if field.secret}
    row.secrets = {key: secret for key, secret in kept.items() if secret and key in known}


def _locked(configuration_id: UUID) -> Configuration:
    row = Configuration.objects.select_for_update().filter(pk=configuration_id).first()
    if row is None:
        raise NotFound(str(configuration_id))
    return row


@contextmanager
def _one_of_its_name(draft: Draft) -> Iterator[None]:
    """Refuse a name that another configuration has."""
    try:
        yield
    except IntegrityError as error:
        sentence = _("A configuration named “%s” already exists (letter case does not count).")
        raise Refused({"name": sentence % draft.name.strip()}) from error


def _record(event: EventType, row: Configuration, actor: Actor, changes: list[Change]) -> None:
    """Write the audit event, its details naming the type in the words of no one's language."""
    with translation.override(None):
        details = str(row.declaration.label)
    subject = Subject("configuration", str(row.pk), row.name)
    record(event, actor=actor, subject=subject, details=details, changes=changes)
