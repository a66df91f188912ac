"""The words of a mail, stored or typed or by default, and the mail that they become."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from scim_provisioning.directory.invite_status import ANSWER_WITHIN
from scim_provisioning.invitations.mail_templates import markup, plain
from scim_provisioning.invitations.mail_templates.kinds import MAIL_KINDS
from scim_provisioning.invitations.mail_templates.models import MailTemplate
from scim_provisioning.settings.substitution import substitute


@dataclass(frozen=True, slots=True)
class Wording:
    """What an administrator may change of a mail; ``${variables}`` stand as they are written."""

    subject: str
    html: str
    text: str = ""
    from_name: str = ""
    reply_to: str = ""


FIELDS: tuple[str, ...] = tuple(Wording.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's parts, filled in."""

    subject: str
    text: str
    body: str
    """What stands in the document."""
    html: str
    """The whole document."""


def wording_of(kind: str, language: str) -> Wording:
    """Return the words that count: the administrator's, else the default ones."""
    row = MailTemplate.objects.filter(kind=kind, language=language).first()
    return stored(row) if row else default(kind, language)


def stored(row: MailTemplate) -> Wording:
    """Return the words of a row."""
    return Wording(**{field: getattr(row, field) for field in FIELDS})


def default(kind: str, language: str) -> Wording:
    """Return the words that this portal comes with."""
    with translation.override(language):
        context = {"days": ANSWER_WITHIN.days}
        html = render_to_string(f"invitations/mail/{kind}.html", context).strip()
        return Wording(str(MAIL_KINDS[kind].subject), f"{html}\n")


def filled(wording: Wording, values: Mapping[str, str], language: str) -> Letter:
    """Return the mail with its variables filled in.

    Values are escaped where they meet markup, and what comes of it goes through the allow-list once
    more: a value may turn an address into a script.
    """
    subject = " ".join(substitute(wording.subject, values).split())
    escaped = {name: escape(value) for name, value in values.items()}
    body = markup.cleaned(substitute(wording.html, escaped))
    text = substitute(wording.text, values) if wording.text else plain.text_of(body)
    with translation.override(language):
        html = render_to_string(
            "invitations/mail/frame.html", {"subject": subject, "body": body, "language": language}
        )
    return Letter(subject, text, body, html)
