"""The only code that writes the settings of invitations."""

from dataclasses import asdict

from django.db import transaction

from audit import events
from audit.actors import Actor
from audit.services import Change, Subject, record
from scim_provisioning.invitations.options.models import InvitationSettings
from scim_provisioning.invitations.options.options import FIELDS, Options, check, stored


def change(*, options: Options, actor: Actor) -> bool:
    """Make these the settings of invitations; tell whether that changed anything. Raise Refused."""
    check(options)
    with transaction.atomic():
        row, _created = InvitationSettings.objects.select_for_update().get_or_create(id=1)
        before, after = asdict(stored(row)), asdict(options)
        changes = [
            Change(attribute=field, before=before[field], after=after[field])
            for field in FIELDS
            if before[field] != after[field]
        ]
        if not changes:
            return False
        InvitationSettings.objects.filter(id=1).update(**after)
        record(
            events.INVITATION_SETTINGS_CHANGED,
            actor=actor,
            subject=Subject("settings", "invitations", "Invitation Settings"),
            changes=changes,
        )
    return True
