"""What the portal shows before invitations are sent: the mail, to whom it goes, to whom not."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from scim_provisioning.directory.models import User
from scim_provisioning.directory.verdicts import DONE, judged
from scim_provisioning.invitations import services
from scim_provisioning.invitations.links import any_link, base_url
from scim_provisioning.invitations.mail_templates.kinds import INVITATION
from scim_provisioning.invitations.mail_templates.values import values_for
from scim_provisioning.invitations.mail_templates.wording import Letter, filled, wording_of
from scim_provisioning.invitations.mails import head
from scim_provisioning.settings.languages import language_of

SHOWN = 50
"""At most so many are listed of those who get a mail, and of those who do not."""
PREVIEW = "preview"
KEEPS_FILES = "django.core.mail.backends.filebased.EmailBackend"
REASONS = {
    services.NOT_ACTIVE: gettext_lazy("Not active"),
    services.NO_ADDRESS: gettext_lazy("No e-mail address"),
    services.UNDER_WAY: gettext_lazy("An invitation is under way"),
    services.ACCEPTED: gettext_lazy("Has accepted an invitation"),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """The mail to one user; in place of the user's own link stands one that leads nowhere."""

    person: User
    letter: Letter
    language: str
    sender: str

    @property
    def language_name(self) -> str:
        """Return the name of the mail's language, in the reader's one."""
        return str(get_language_info(self.language)["name_translated"])


def preview_of(person: User) -> Preview:
    """Return the mail that a user would get now."""
    language = language_of(person)
    wording = wording_of(INVITATION, language)
    letter = filled(wording, values_for(person, any_link()), language)
    return Preview(person, letter, language, head(wording)[0])


def recipients(users: QuerySet[User], asked: QueryDict) -> dict[str, Any]:
    """Return who gets a mail and who does not, and the mail to the one who was asked for."""
    everybody = judged(users, services.CANNOT_INVITE).order_by("sort_name", "id")
    invited = everybody.filter(verdict=DONE)
    others = list(everybody.exclude(verdict=DONE)[:SHOWN])
    shown = list(invited[:SHOWN])
    chosen = _chosen(invited, shown, asked.get(PREVIEW, ""))
    return {
        "invited": shown,
        "not_invited": [(user, REASONS[user.verdict]) for user in others],
        "preview": preview_of(chosen) if chosen else None,
        "notices": notices(),
        "shown": SHOWN,
    }


def notices() -> list[str]:
    """Return what keeps mails from people, or people from the page that they are led to."""
    said = []
    if settings.EMAIL_BACKEND == KEEPS_FILES:
        said.append(
            _(
                "No mail server is configured: mails are kept as files and reach nobody. "
                "Set EMAIL_URL."
            )
        )
    if not settings.PUBLIC_URL:
        said.append(
            _(
                "PUBLIC_URL is not set: the link in the mail leads to %s, "
                "which others may not reach."
            )
            % base_url()
        )
    return said


def _chosen(invited: QuerySet[Any], shown: list[Any], key: str) -> Any:
    """Return the user whose mail is to be shown, the first unless another one is asked for."""
    try:
        found = invited.filter(pk=UUID(key)).first() if key else None
    except ValueError:
        found = None
    return found or next(iter(shown), None)
