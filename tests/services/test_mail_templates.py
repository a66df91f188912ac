"""Mail templates: what may be saved, what becomes of it, and a test through a real mail server."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone, translation

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations import mails
from scim_provisioning.invitations.mail_templates import markup, plain, services, trial
from scim_provisioning.invitations.mail_templates.drafts import Refused
from scim_provisioning.invitations.mail_templates.kinds import MAIL_KINDS
from scim_provisioning.invitations.mail_templates.models import MailTemplate
from scim_provisioning.invitations.mail_templates.values import samples
from scim_provisioning.invitations.mail_templates.wording import Wording, default, filled
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.post import PostError
from scim_provisioning.settings.services import (
    AttributeInUse,
    add_custom_attribute,
    delete_custom_attribute,
)
from tests.services.mail_server import MailServer
from tests.services.parallel import in_parallel

ANA = Actor("administrator", "7", "ana")
OKTA = Actor.token("1", "scim_okta", "okta")
LANGUAGES = ("en", "es", "fr")
VALID = Wording(
    "Come, ${userFirstName}", '<p><a href="${userActivationUrl}">${department}</a></p>\n'
)

pytestmark = pytest.mark.django_db


def save(wording: Wording, language: str = "en", kind: str = "invitation") -> bool:
    """Save words as an administrator does."""
    return services.save(kind=kind, language=language, wording=wording, actor=ANA)


def html(body: str) -> Wording:
    """Return valid words with a body."""
    return Wording("Subject", body)


def invitation(**attributes: Any) -> Invitation:
    """Return an invitation of a new user of Okta, not stored."""
    state = UserState(
        **(
            {
                "user_name": "jane@example.org",
                "display_name": "Jane",
                "emails": ({"value": "jane@example.org"},),
            }
            | attributes
        )
    )
    user = create_user(state=state, actor=OKTA, source="okta")
    return Invitation(user=user, due_at=timezone.now())


# What may be saved


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MAIL_KINDS)
def test_the_defaults_pass_the_check_and_hold_the_link(kind: str, language: str) -> None:
    wording = default(kind, language)
    assert markup.reasons_against(wording.html, samples(language)) == []
    letter = filled(wording, samples(language), language)
    assert "/register/example/" in letter.text
    assert 'href="http://localhost:8000/register/example/"' in letter.html
    assert f'<html lang="{language}">' in letter.html
    assert "$" not in letter.text + letter.html


def test_the_default_of_a_language_is_in_that_language() -> None:
    assert "invitación" in default("invitation", "es").html.lower() or "invita" in str(
        default("invitation", "es").subject
    )
    assert default("invitation", "es").subject != default("invitation", "en").subject


def test_saving_is_audited_with_before_and_after_and_reverting_takes_it_back() -> None:
    assert save(VALID)
    assert not save(VALID), "nothing changed"
    row = MailTemplate.objects.get()
    assert row.variables == ["department", "userActivationUrl", "userFirstName"]
    assert services.revert(kind="invitation", language="en", actor=ANA)
    assert not services.revert(kind="invitation", language="en", actor=ANA)
    assert not MailTemplate.objects.exists()
    changed, reverted = Event.objects.filter(type="mail_template").order_by("id")
    assert (changed.label, changed.subject_name) == (
        "Email Template Changed",
        "End User Invitation (en)",
    )
    assert {change["attribute"] for change in changed.changes} == {"subject", "html"}
    assert reverted.changes[0]["before"] == "Come, ${userFirstName}"


def test_saving_the_default_changes_nothing() -> None:
    assert not save(default("confirmation", "fr"), "fr", "confirmation")
    assert not MailTemplate.objects.exists()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<p>Hi</p><script>alert(1)</script>", "“<script” is not allowed."),
        ("<p>Hi</p><form></form>", "The tag <form> is not allowed."),
        ("<iframe src='https://x.org'></iframe>", "The tag <iframe> is not allowed."),
        ("<svg/onload=alert(1)>", "The tag <svg> is not allowed."),
        ("<style>@import 'x'</style>", "“@import” is not allowed."),
        ("<p onclick='x'>Hi</p>", "The attribute onclick of <p> is not allowed."),
        ("<a href=' java\tscript:alert(1)'>x</a>", "“javascript:” is not allowed."),
        ("<a href='&#106;avascript:alert(1)'>x</a>", "href of <a> must be a whole address"),
        ("<a href='/relative'>x</a>", "href of <a> must be a whole address"),
        ("<img src='data:image/png;base64,AA' alt=''>", "src of <img> must be a whole address"),
        ("<p style='position:fixed'>x</p>", "The style position is not allowed."),
        ("<p style='background:url(https://x.org/y)'>x</p>", "“url(” is not allowed in a style."),
        ("<p style='color:\\72 ed'>x</p>", "“\\” is not allowed in a style."),
        ("<p>a</p><!-- [if mso] -->", "Comments"),
        ("<!DOCTYPE html><p>a</p>", "Write what stands in the body"),
        ("<?php echo 1 ?><p>a</p>", "Write what stands in the body"),
        ("<html><body><p>a</p></body></html>", "The tag <html> is not allowed."),
        ("<tr><td>a</td></tr>", "cannot stand where it stands"),
        ("<p>Hello ${deviceSN}</p>", "There is no variable ${deviceSN}."),
        ("<p>${userFirstNam}</p>", "Did you mean ${userFirstName}?"),
        ("<p>${COSTCENTRE}</p>", "Did you mean ${costCenter}?"),
        ("<p>${userFirstName</p>", "must end with “}”"),
        ("  \n", "This field is required."),
        ("<p>" + "x" * 60_000, "Use 60000 characters at most."),
        ("a\0b", "Null characters are not allowed."),
    ],
)
def test_what_is_blocked_is_refused_and_named(body: str, reason: str) -> None:
    add_custom_attribute(name="costCenter", actor=ANA)
    with pytest.raises(Refused) as refused:
        save(html(body))
    assert reason in " ".join(refused.value.reasons["html"])
    assert not MailTemplate.objects.exists()
    assert not Event.objects.filter(type="mail_template").exists()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("subject", "${usrUID}", "Did you mean ${userUID}?"),
        ("subject", "", "This field is required."),
        ("subject", "x" * 201, "Use 200 characters at most."),
        ("text", "${nobody}", "There is no variable ${nobody}."),
        ("from_name", "A\r\nBcc: x@y.z", "Write it in one line."),
        ("from_name", "${userUID}", "Variables are not filled in here."),
        ("reply_to", "a@b.c, d", "is not an e-mail address."),
    ],
)
def test_the_other_fields_are_judged_too(field: str, value: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        save(replace(VALID, **{field: value}))
    assert reason in refused.value.reasons[field][0]


def test_everyday_markup_is_taken_as_it_is() -> None:
    body = (
        '<center><h2 align="center">A &amp; B – ünïcode</h2></center>'
        '<table width="100%" cellpadding="4"><tr>'
        '<td colspan="2" style="color:#333;padding:1px 2px">'
        '<img src="https://example.org/logo.png" alt="Logo" width="80"><br>x < y'
        '<a href="mailto:help@example.org">Help</a></td></tr></table>'
        "<ul><li>one<li>two</ul><p>three<p>four"
    )
    assert markup.reasons_against(body, {}) == []


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_both_save() -> None:
    outcomes = in_parallel([lambda: save(VALID), lambda: save(html("<p>other</p>"))])
    assert outcomes == [True, True]
    assert MailTemplate.objects.count() == 1


# What becomes of it


def test_values_are_escaped_in_the_body_and_plain_in_subject_and_text() -> None:
    save(
        Wording("For ${userDisplayName}", "<p>${userDisplayName}</p>\n", "Text ${userDisplayName}")
    )
    message = mails.compose(invitation(display_name="<b>Jane</b>\r\n & ${userUID}"))
    assert message.subject == "For <b>Jane</b> & ${userUID}"
    assert "<p>&lt;b&gt;Jane&lt;/b&gt;" in str(message.alternatives[0][0])
    assert "&amp; ${userUID}</p>" in str(message.alternatives[0][0])
    assert "<b>Jane</b>" in str(message.body)


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "x onmouseover=alert(1)", "data:text/html,x"],
)
def test_a_value_can_make_no_script_of_an_address(value: str) -> None:
    save(html("<p><a href=${userDisplayName}>x</a><a href='${userDisplayName}'>y</a></p>"))
    body = str(mails.compose(invitation(display_name=value)).alternatives[0][0])
    assert "alert(1)" not in body
    assert "data:" not in body


def test_a_value_can_load_nothing_by_a_style() -> None:
    save(html("<p style='color:${department}'>x</p>"))
    body = str(
        mails.compose(invitation(department="red;background:url(https://x.org)")).alternatives
    )
    assert "x.org" not in body


def test_sender_and_reply_to_of_the_template(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Portal <no-reply@example.org>"
    assert mails.compose(invitation()).from_email == "Portal <no-reply@example.org>"
    save(Wording("S", "<p>x</p>\n", "", "Équipe, Mobile", "help@example.org"))
    message = mails.compose(Invitation(user=User.objects.get(), due_at=timezone.now()))
    assert message.reply_to == ["help@example.org"]
    head = str(message.message())
    assert "From: =?utf-8?" in head
    assert "<no-reply@example.org>" in head


def test_each_language_has_words_of_its_own() -> None:
    save(html("<p>Hola</p>\n"), "es")
    add_custom_attribute(name="locale", actor=ANA)
    assert "Hola" in mails.compose(invitation(custom={"locale": "es"})).body
    with translation.override("fr"):
        body = mails.compose(invitation(user_name="b", custom={"locale": "en"})).body
    assert "Hello Jane," in body


def test_an_attribute_that_a_template_uses_cannot_be_deleted() -> None:
    add_custom_attribute(name="costCenter", actor=ANA)
    save(html("<p>${COSTcenter}</p>\n"))
    with pytest.raises(AttributeInUse, match=r"End User Invitation \(en\)"):
        delete_custom_attribute(name="costCenter", actor=ANA)
    assert "<p>4711</p>" in str(
        mails.compose(invitation(custom={"costCenter": "4711"})).alternatives[0][0]
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<h1>Hi</h1><p>a\n b</p><p>c<br>d</p>", "Hi\n\na b\n\nc\nd\n"),
        ('<p>See <a href="https://x.org">here</a>.</p>', "See here (https://x.org).\n"),
        ('<a href="https://x.org">https://x.org</a>', "https://x.org\n"),
        ("<ul><li>one</li><li>two</li></ul>", "* one\n\n* two\n"),
        ("<table><tr><td>a</td><td>b</td></tr></table>&lt;x&gt; &amp;", "a b\n\n<x> &\n"),
    ],
)
def test_the_text_is_made_from_the_html(body: str, text: str) -> None:
    assert plain.text_of(body) == text


# The test mail


def send(address: str = "ana@example.org") -> None:
    """Send a test as an administrator does."""
    trial.send(kind="invitation", language="en", wording=VALID, address=address, actor=ANA)


def test_a_test_goes_through_the_real_mail_server(mail_server: MailServer) -> None:
    send()
    [mail] = mail_server.mails
    assert (mail["To"], mail["Subject"]) == ("ana@example.org", "Come, Jane")
    event = Event.objects.get(type="mail_template")
    assert (event.label, event.details, event.status) == (
        "Email Template Tested",
        "ana@example.org",
        "success",
    )
    assert not MailTemplate.objects.exists()


def test_a_test_that_fails_tells_the_servers_words(mail_server: MailServer) -> None:
    mail_server.answers["ana@example.org"] = ["550 5.1.1 No such user"]
    with pytest.raises(PostError, match=r"550 5\.1\.1 No such user"):
        send()
    event = Event.objects.get(type="mail_template")
    assert (event.status, event.details) == ("failure", "ana@example.org · 550 5.1.1 No such user")


def test_a_server_that_is_out_is_told(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(PostError, match="refused"):
        send()
