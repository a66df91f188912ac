"""What all pages share: navigation, languages, headers, messages, and the pages of errors."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth.models import User as Administrator
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from audit.actors import Actor
from mdm_portal import urls
from mdm_portal.portal import pages
from tests.portal.words import Page, markup, text

START = "/admin/identity/user-provisioning/"
SIGN_IN = "/sign-in/"


def broken(_request: HttpRequest) -> HttpResponse:
    """Fail, as a page with a fault would."""
    raise LookupError("what only the log should say")


def whoever(request: HttpRequest) -> HttpResponse:
    """Return who acts, as services are told."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return HttpResponse(f"{actor.kind} {actor.name} {actor.address} {len(actor.request_id)}")


urlpatterns = [*urls.urlpatterns, path("broken/", broken), path("whoever/", whoever)]
handler500 = urls.handler500


def policy(response: Page) -> dict[str, str]:
    """Return the Content-Security-Policy of an answer."""
    parts = response["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


@pytest.mark.django_db
def test_the_navigation_shows_where_one_is(portal: Client) -> None:
    page = markup(portal.get(START))
    assert re.search(rf'<a href="{START}" aria-current="page">\s*<span>User Provisioning', page)
    below = markup(portal.get(f"{START}okta/"))
    assert re.search(rf'<a href="{START}" aria-current="true">\s*<span>User Provisioning', below)


@pytest.mark.django_db
def test_every_address_of_the_navigation_answers(portal: Client) -> None:
    side = markup(portal.get(START)).split('id="side"')[1].split("</nav>")[0]
    addresses = re.findall(r'href="([^"]*)"', side)
    assert addresses
    assert {portal.get(address).status_code for address in addresses} == {200}


@pytest.mark.django_db
def test_home_leads_to_the_dashboard(portal: Client) -> None:
    assert portal.get("/")["Location"] == "/dashboard/"


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["es", "fr", "en"])
def test_a_language_is_chosen_before_sign_in_and_kept(client: Client, code: str) -> None:
    client.cookies["django_language"] = "fr" if code == "en" else "en"
    response = client.post("/language/", {"language": code, "next": f"{SIGN_IN}?next=/x"})
    assert (response.status_code, response["Location"]) == (302, f"{SIGN_IN}?next=/x")
    page = client.get(SIGN_IN)
    assert f'<html lang="{code}">' in markup(page)
    assert page["Content-Language"] == code


@pytest.mark.django_db
def test_the_language_form_leads_back_to_where_one_is(client: Client, portal: Client) -> None:
    place = f"{SIGN_IN}?next={START}okta/"
    assert f'name="next" value="{place}"' in markup(client.get(place))
    failed = portal.post(f"{START}okta/settings/", {"name": "not a name"})
    assert 'name="next" value="/"' in markup(failed)


@pytest.mark.django_db
def test_a_language_never_leads_to_another_site(client: Client) -> None:
    response = client.post("/language/", {"language": "fr", "next": "//evil.example"})
    assert response["Location"] == "/"


@pytest.mark.django_db
def test_the_browser_is_told_to_run_nothing_but_our_own_files(portal: Client) -> None:
    found = policy(portal.get(START))
    assert found["default-src"] == "'none'"
    assert found["script-src"] == found["style-src"] == "'self'"
    assert found["frame-ancestors"] == "'none'"


@pytest.mark.django_db
@pytest.mark.parametrize("address", [SIGN_IN, START, f"{START}okta/", f"{START}okta/settings/"])
def test_no_page_holds_what_the_policy_forbids(portal: Client, address: str) -> None:
    page = markup(portal.get(address, follow=True))
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.replace(site.LOCAL_URL, ""))


def test_pages_are_sent_compressed_to_who_can_read_that(portal: Client) -> None:
    plain = portal.get("/dashboard/")
    small = portal.get("/dashboard/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert small["Content-Encoding"] == "gzip"
    assert len(small.content) < len(plain.content) / 3


@pytest.mark.django_db
def test_scim_gets_nothing_of_the_portal() -> None:
    response = Client(headers={"Accept-Language": "fr"}).get("/scim/v2/Users")
    assert response.status_code == 401
    assert not response.cookies
    for header in ("Content-Security-Policy", "Content-Language", "Vary", "X-Frame-Options"):
        assert header not in response


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_services_are_told_who_acts(portal: Client) -> None:
    response = portal.get("/whoever/", REMOTE_ADDR="198.51.100.7")
    assert response.content == b"administrator admin 198.51.100.7 32"


@pytest.mark.django_db
def test_what_was_done_is_said_once_and_can_be_closed(portal: Client) -> None:
    response = portal.post(f"{START}okta/settings/", {"auto_invite": "on"}, follow=True)
    page = markup(response)
    assert "Changes saved." in page.split('role="status"')[1]
    assert '<form method="dialog">' in page
    assert "Changes saved." not in markup(portal.get(START))


@pytest.mark.django_db
def test_what_is_not_there_is_said_calmly(client: Client, portal: Client) -> None:
    for browser in (client, portal):
        response = browser.get("/nothing/here/")
        assert response.status_code == 404
        assert "There is nothing at this address" in text(response)
    assert 'id="side"' in markup(response)


@pytest.mark.django_db
@pytest.mark.parametrize(("view", "status"), [(pages.bad_request, 400), (pages.forbidden, 403)])
def test_what_is_refused_is_said_calmly(
    rf: RequestFactory, administrator: Administrator, view: Any, status: int
) -> None:
    request = rf.get("/")
    request.user = administrator
    response = view(request, LookupError("what only the log should say"))
    assert response.status_code == status
    assert "Back to the portal" in text(response)
    assert "only the log" not in text(response)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_fault_of_ours_is_said_calmly(portal: Client) -> None:
    portal.raise_request_exception = False
    response = portal.get("/broken/", headers={"Accept-Language": "fr"})
    assert response.status_code == 500
    assert '<html lang="fr">' in markup(response)
    assert "only the log" not in text(response)
    assert policy(response)["default-src"] == "'none'"


def test_the_page_of_a_fault_needs_no_database(rf: RequestFactory) -> None:
    # Without the django_db mark, a query is an error.
    assert "Something failed on our side" in text(pages.failed(rf.get("/")))


def test_no_template_holds_inline_script_or_style() -> None:
    mails = site.BASE_DIR / "templates" / "invitations" / "mail"
    found = [
        file.name
        for file in Path(site.BASE_DIR, "templates").rglob("*.html")
        if mails not in file.parents
        and re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", file.read_text())
    ]
    assert found == []
