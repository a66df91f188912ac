"""The only code that writes mail templates: each call one transaction and one audit event."""

from dataclasses import asdict

from django.db import transaction
from django.utils import timezone, translation

from audit import events
from audit.actors import Actor
from audit.events import EventType
from audit.models import Event
from audit.services import Change, Subject, record
from scim_provisioning.invitations.mail_templates.drafts import checked
from scim_provisioning.invitations.mail_templates.kinds import MAIL_KINDS
from scim_provisioning.invitations.mail_templates.models import MailTemplate
from scim_provisioning.invitations.mail_templates.wording import FIELDS, Wording, default, stored
from scim_provisioning.settings.selectors import locked_attribute_names


def save(*, kind: str, language: str, wording: Wording, actor: Actor) -> bool:
    """Make these the words of a mail in a language; tell whether that changed anything.

    Raises Refused.
    """
    with transaction.atomic():
        variables = checked(wording, language, locked_attribute_names())
        row, is_new = MailTemplate.objects.select_for_update().get_or_create(
            kind=kind, language=language, defaults=asdict(default(kind, language))
        )
        before = stored(row)
        if before == wording:
            if is_new:
                row.delete()
            return False
        for field in FIELDS:
            setattr(row, field, getattr(wording, field))
        row.variables, row.modified_at = variables, timezone.now()
        row.save()
        _record(
            events.MAIL_TEMPLATE_CHANGED, kind, language, actor, changes=_changes(before, wording)
        )
    return True


def revert(*, kind: str, language: str, actor: Actor) -> bool:
    """Go back to the words that this portal comes with; tell whether there were others."""
    with transaction.atomic():
        rows = MailTemplate.objects.select_for_update()
        row = rows.filter(kind=kind, language=language).first()
        if row is None:
            return False
        changes = _changes(stored(row), default(kind, language))
        row.delete()
        _record(events.MAIL_TEMPLATE_REVERTED, kind, language, actor, changes=changes)
    return True


def note_test(*, kind: str, language: str, address: str, words: str, actor: Actor) -> None:
    """Write into the trail that a test mail was sent, or why it was not."""
    _record(
        events.MAIL_TEMPLATE_TESTED,
        kind,
        language,
        actor,
        details=" · ".join(filter(None, [address, words])),
        status=Event.FAILURE if words else Event.SUCCESS,
    )


def _changes(before: Wording, after: Wording) -> list[Change]:
    return [
        Change(attribute=field, before=getattr(before, field), after=getattr(after, field))
        for field in FIELDS
        if getattr(before, field) != getattr(after, field)
    ]


def _record(
    event: EventType,
    kind: str,
    language: str,
    actor: Actor,
    *,
    changes: list[Change] | None = None,
    details: str = "",
    status: str = Event.SUCCESS,
) -> None:
    """Write the audit event; the subject's name is in the words of no one's language."""
    with translation.override(None):
        name = f"{MAIL_KINDS[kind].label} ({language})"
    record(
        event,
        actor=actor,
        subject=Subject("mail_template", f"{kind}.{language}", name),
        details=details,
        changes=changes or [],
        status=status,
    )
