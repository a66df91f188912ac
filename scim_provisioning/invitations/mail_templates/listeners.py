"""Who uses a custom attribute: answered for the room below, which may then not delete it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from scim_provisioning.invitations.mail_templates.kinds import MAIL_KINDS
from scim_provisioning.invitations.mail_templates.models import MailTemplate
from scim_provisioning.settings.uses import Use, uses_asked


@receiver(uses_asked)
def mail_templates_that_use(names: Sequence[str], **_others: Any) -> dict[str, list[Use]]:
    """Return the mail templates that use each of some custom attributes, in one statement."""
    uses: dict[str, list[Use]] = defaultdict(list)
    rows = MailTemplate.objects.filter(variables__overlap=list(names))
    for row in rows.only("kind", "language", "variables"):
        label = f"{MAIL_KINDS[row.kind].label} ({row.language})"
        use = Use(label, reverse("email-template", args=[row.kind, row.language]))
        for name in set(row.variables) & set(names):
            uses[name].append(use)
    return dict(uses)
