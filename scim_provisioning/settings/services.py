"""The only code that writes settings and the registry of custom attributes."""

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import events
from audit.actors import Actor
from audit.services import Change, Subject, record
from scim_provisioning.directory.attribute_counts import users_by_attribute
from scim_provisioning.directory.text import fold
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.settings import switches
from scim_provisioning.settings.deleted_values import forget_at_once
from scim_provisioning.settings.models import CustomAttribute, DeletedAttribute, ProviderSettings
from scim_provisioning.settings.registry import forget
from scim_provisioning.settings.uses import Use, uses_of
from scim_provisioning.settings.variables import BUILT_IN

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
MAX_CUSTOM_ATTRIBUTES = 100
_RESERVED = frozenset(fold(name) for name in BUILT_IN)


class CustomAttributeError(Exception):
    """A refused custom attribute, with a sentence for the administrator."""


class UnknownCustomAttribute(CustomAttributeError):
    """No custom attribute of this name is registered."""

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(_("There is no custom attribute named “%s”.") % name)


class AttributeInUse(CustomAttributeError):
    """An attribute that cannot go while something uses it (product decision 12)."""

    def __init__(self, name: str, uses: list[Use]) -> None:
        """Name what uses it."""
        self.uses = uses
        super().__init__(
            _("“%(name)s” cannot be deleted while these use it: %(uses)s.")
            % {"name": name, "uses": ", ".join(use.name for use in uses)}
        )


class ValuesRemain(CustomAttributeError):
    """A name that is not free: users have values of a deleted attribute that had it."""

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(
            _(
                "An attribute named “%s” was deleted, and its values are still being removed. "
                "Try again in a few minutes."
            )
            % name
        )


def set_auto_invite(*, provider: str, enabled: bool, actor: Actor) -> bool:
    """Switch automatic invitations of one IdP; return whether that changed anything."""
    with transaction.atomic():
        row, _created = ProviderSettings.objects.select_for_update().get_or_create(
            provider=provider
        )
        if row.auto_invite == enabled:
            return False
        row.auto_invite = enabled
        row.save()
        name = PROVIDERS[provider].full_name
        record(
            events.SETTINGS_CHANGED,
            actor=actor,
            subject=Subject("settings", provider, name),
            provider=provider,
            details=name,
            changes=[Change(attribute="autoInvite", before=not enabled, after=enabled)],
        )
    switches.forget()
    return True


def add_custom_attribute(*, name: str, actor: Actor) -> CustomAttribute:
    """Return the newly registered attribute; raise CustomAttributeError when it is refused."""
    name = name.strip()
    check_name(name)
    former = DeletedAttribute.objects.filter(name_key=fold(name)).first()
    if former and not forget_at_once(former):
        raise ValuesRemain(name)
    try:
        with transaction.atomic():
            _check_room()
            attribute = CustomAttribute.objects.create(name=name, created_by=actor.name)
            _take_name_of(former, name)
            _record(events.CUSTOM_ATTRIBUTE_ADDED, name, actor, before=None, after=name)
    except IntegrityError as error:
        raise CustomAttributeError(
            _("An attribute named “%s” already exists (letter case does not count).") % name
        ) from error
    forget()
    return attribute


def delete_custom_attribute(*, name: str, actor: Actor) -> int:
    """Delete an attribute with all its values; return how many users had one.

    Raises UnknownCustomAttribute and AttributeInUse. Nobody sees the values from that moment on;
    those of very many users go afterwards.
    """
    with transaction.atomic():
        attribute = _deletable(name)
        count = users_by_attribute()[attribute.name]
        attribute.delete()
        deleted = DeletedAttribute.objects.create(name=attribute.name)
        _record(
            events.CUSTOM_ATTRIBUTE_DELETED,
            attribute.name,
            actor,
            before=attribute.name,
            after=None,
        )
    forget()
    forget_at_once(deleted)
    return count


def _take_name_of(former: DeletedAttribute | None, name: str) -> None:
    """Free a name whose former values are gone; raise ValuesRemain if those of another came."""
    if former:
        former.delete()
    if DeletedAttribute.objects.filter(name_key=fold(name)).exists():
        raise ValuesRemain(name)


def _deletable(name: str) -> CustomAttribute:
    """Return an attribute; raise UnknownCustomAttribute, or AttributeInUse.

    Whatever begins to use it waits for its locked row.
    """
    rows = CustomAttribute.objects.select_for_update()
    attribute = rows.filter(name_key=fold(name)).first()
    if attribute is None:
        raise UnknownCustomAttribute(name)
    if uses := uses_of([attribute.name])[attribute.name]:
        raise AttributeInUse(attribute.name, uses)
    return attribute


def check_name(name: str) -> None:
    """Raise CustomAttributeError unless the name may be registered (product decision 11)."""
    if not NAME.fullmatch(name):
        raise CustomAttributeError(
            _("Start with a letter, then use letters, digits or underscore, 64 characters at most.")
        )
    if fold(name) in _RESERVED:
        raise CustomAttributeError(
            _("“%s” is the name of a built-in variable. Choose another name.") % name
        )


def _check_room() -> None:
    """Refuse more attributes than the limit."""
    if CustomAttribute.objects.count() >= MAX_CUSTOM_ATTRIBUTES:
        raise CustomAttributeError(
            _("There can be at most %d custom attributes.") % MAX_CUSTOM_ATTRIBUTES
        )


def _record(
    event: events.EventType,
    name: str,
    actor: Actor,
    *,
    before: str | None,
    after: str | None,
) -> None:
    record(
        event,
        actor=actor,
        subject=Subject("attribute", fold(name), name),
        changes=[Change(attribute="name", before=before, after=after)],
    )
