"""Admin > Branding > Email Templates: list, form, preview, test, revert; who may what."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.actors import Actor
from scim_provisioning.invitations.mail_templates.models import MailTemplate
from scim_provisioning.settings.services import add_custom_attribute
from tests.portal.words import markup, text
from tests.services.mail_server import MailServer

START = "/admin/branding/email-templates/"
ONE = f"{START}invitation/en/"
TYPED = {
    "do": "save",
    "subject": "Come, ${userFirstName}",
    "html": "<p>Hello ${userDisplayName}</p>\r\n",
    "text": "",
    "from_name": "",
    "reply_to": "",
    "test_address": "",
}

pytestmark = pytest.mark.django_db


def test_the_list_leads_to_each_mail_in_each_language(
    portal: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    portal.post(ONE, TYPED)
    with django_assert_max_num_queries(5):
        page = portal.get(START)
    words = text(page)
    assert "End User Invitation" in words
    assert "Registration Confirmation" in words
    for kind in ("invitation", "confirmation"):
        for language in ("en", "es", "fr"):
            assert f'href="{START}{kind}/{language}/"' in markup(page)
    assert markup(page).count(">Changed<") == 1
    assert 'aria-current="page"> <span>Email Templates</span>' in markup(page)


def test_the_form_offers_the_default_words_and_the_variables(portal: Client) -> None:
    add_custom_attribute(name="costCenter", actor=Actor.operator("tests"))
    page = portal.get(f"{START}confirmation/fr/")
    assert page.status_code == 200
    words = text(page)
    for name in ("userActivationUrl", "productBrandName", "userDisplayName", "costCenter"):
        assert f"${{{name}}}" in words
    assert "${deviceSN}" not in words
    assert "data-variables" in markup(page)
    assert "Revert to Default Settings" not in words


def test_words_are_saved_and_go_back_to_the_default(portal: Client) -> None:
    page = portal.post(ONE, TYPED, follow=True)
    assert page.redirect_chain == [(ONE, 302)]
    assert "Changes saved." in text(page)
    assert MailTemplate.objects.get().html == "<p>Hello ${userDisplayName}</p>\n"
    assert 'value="Come, ${userFirstName}"' in markup(page)
    assert "Nothing was changed." in text(portal.post(ONE, TYPED, follow=True))
    assert f'href="{ONE}revert/"' in markup(page)
    assert "Revert to Default Settings" in text(portal.get(f"{ONE}revert/"))
    assert MailTemplate.objects.exists()
    page = portal.post(f"{ONE}revert/", follow=True)
    assert "The default settings are back." in text(page)
    assert not MailTemplate.objects.exists()
    assert "Nothing was changed." in text(portal.post(f"{ONE}revert/", follow=True))


def test_a_refused_form_says_why_beside_the_field_and_loses_nothing(portal: Client) -> None:
    bad = TYPED | {
        "subject": "${usrUID}",
        "html": "<p>a</p><script>b</script><form>",
        "reply_to": "nobody",
    }
    page = portal.post(ONE, bad)
    assert page.status_code == 422
    words = text(page)
    assert "There is no variable ${usrUID}. Did you mean ${userUID}?" in words
    assert "The tag &lt;script&gt; is not allowed." in words
    assert "The tag &lt;form&gt; is not allowed." in words
    assert "&lt;p&gt;a&lt;/p&gt;&lt;script&gt;b&lt;/script&gt;&lt;form&gt;" in markup(page)
    assert 'value="nobody"' in markup(page)
    assert 'id="id_html_error"' in markup(page)
    assert not MailTemplate.objects.exists()


def test_the_preview_is_a_document_of_its_own_that_can_do_nothing(portal: Client) -> None:
    page = portal.post(f"{ONE}preview/", TYPED | {"html": "<p>Hi ${userDisplayName}</p>"})
    assert page.status_code == 200
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "<p>Hi Jane Doe</p>" in markup(page)
    assert "Come, Jane" in text(page)
    assert not MailTemplate.objects.exists()
    stored = portal.get(f"{ONE}preview/")
    assert "You are invited to register" in text(stored)


def test_a_refused_preview_says_why(portal: Client) -> None:
    page = portal.post(f"{ONE}preview/", TYPED | {"html": "<script>alert(1)</script>"})
    assert page.status_code == 422
    assert "The tag &lt;script&gt; is not allowed." in text(page)
    assert "<script>" not in markup(page)
    page = portal.post(f"{ONE}preview/", {})
    assert page.status_code == 422
    assert "Subject: This field is required." in text(page)


def test_only_the_form_may_hold_a_frame(portal: Client) -> None:
    assert "frame-src 'self'" in portal.get(ONE)["Content-Security-Policy"]
    assert "frame-src" not in portal.get(START)["Content-Security-Policy"]
    assert portal.get(ONE)["X-Frame-Options"] == "DENY"


def test_a_test_mail_is_sent_and_the_form_keeps_what_was_typed(
    portal: Client, mail_server: MailServer
) -> None:
    typed = TYPED | {"do": "test", "test_address": "ana@example.org"}
    page = portal.post(ONE, typed)
    assert page.status_code == 200
    assert "The test mail to ana@example.org was handed over." in text(page)
    assert 'value="Come, ${userFirstName}"' in markup(page)
    assert mail_server.mails[0]["Subject"] == "Come, Jane"
    assert not MailTemplate.objects.exists()


def test_a_test_mail_that_fails_tells_the_servers_words(
    portal: Client, mail_server: MailServer
) -> None:
    mail_server.answers["ana@example.org"] = ["550 5.1.1 No such user <here>"]
    typed = TYPED | {"do": "test", "test_address": "ana@example.org"}
    page = portal.post(ONE, typed)
    assert page.status_code == 422
    assert "The mail server said: 550 5.1.1 No such user &lt;here&gt;" in text(page)
    for address, reason in (("", "This field is required."), ("a b", "Enter a valid email")):
        page = portal.post(ONE, typed | {"test_address": address})
        assert page.status_code == 422
        assert reason in text(page)


@pytest.mark.parametrize("path", ["nothing/en/", "invitation/de/", "invitation/de/preview/"])
def test_what_is_not_declared_is_not_there(portal: Client, path: str) -> None:
    assert portal.get(f"{START}{path}").status_code == 404
    assert portal.post(f"{START}{path}", TYPED).status_code == 404


@pytest.mark.parametrize("language", ["es", "fr"])
def test_every_page_opens_in_every_language(portal: Client, language: str) -> None:
    portal.post("/language/", {"language": language, "next": "/"})
    for path in (START, ONE, f"{ONE}preview/", f"{ONE}revert/"):
        page = portal.get(path)
        assert page.status_code == 200
    assert f'<html lang="{language}"' in markup(portal.get(START))
