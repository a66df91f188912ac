"""The pages of tokens: whole flows, errors, forms sent twice, and where a secret must never be."""

import logging
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User as Administrator
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.providers import PROVIDERS
from scim_provisioning.settings.services import add_custom_attribute
from scim_provisioning.tokens import credentials, services
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.selectors import current_tokens
from tests.portal.words import Page, markup, text

START = "/admin/identity/user-provisioning/"
OKTA = f"{START}okta/"
SECRET = re.compile(r"scim_[A-Za-z0-9]{48}")
OPERATOR = Actor.operator("tests")

pytestmark = pytest.mark.django_db


def nonce_of(response: Page) -> str:
    """Return the one-time mark that a page's forms carry."""
    found = re.search(r'name="nonce" value="([^"]+)"', markup(response))
    assert found
    return found[1]


def generate(portal: Client, provider: str = "okta", **fields: str) -> Page:
    """Return the answer to a Generate that was confirmed on its own page."""
    url = f"{START}{provider}/generate/"
    data = {"nonce": nonce_of(portal.get(url)), "lifetime": "365"} | fields
    return portal.post(url, data)


def secret_on(response: Page) -> str:
    """Return the one secret that a page shows."""
    found = set(SECRET.findall(markup(response)))
    assert len(found) == 1
    return str(found.pop())


def issue(provider: str = "okta", lifetime_days: int | None = 365) -> ScimToken:
    """Return a token made by somebody else."""
    issued = services.generate(provider=provider, lifetime_days=lifetime_days, actor=OPERATOR)
    return issued.token


def events() -> QuerySet[Event]:
    """Return the events of provisioning: signing in leaves one too."""
    return Event.objects.filter(category="user_setting")


def test_the_first_page_leads_to_each_idp(portal: Client) -> None:
    page = portal.get(START)
    assert "Choose Identity Provider (IdP)" in text(page)
    for key, provider in PROVIDERS.items():
        assert f'<option value="{key}">{escape(provider.full_name)}</option>' in (markup(page))
        target = portal.get(START, {"provider": key})
        assert target["Location"] == f"{START}{key}/"


def test_an_unknown_choice_stays_on_the_first_page(portal: Client) -> None:
    assert portal.get(START, {"provider": "nobody"}).status_code == 200
    assert portal.get(f"{START}nobody/").status_code == 404
    assert portal.get(f"{START}nobody/generate/").status_code == 404


@pytest.mark.parametrize("key", PROVIDERS)
def test_each_idp_has_its_title_and_its_guide_with_the_url(portal: Client, key: str) -> None:
    page = portal.get(f"{START}{key}/")
    assert f"User Provisioning {PROVIDERS[key].name}" in text(page)
    assert "http://testserver/scim/v2" in text(page)
    assert "no-store" in page["Cache-Control"]


def test_the_first_page_tells_how_each_idp_stands(portal: Client) -> None:
    issue("okta")
    ScimToken.objects.update(last_used_at=timezone.now(), last_used_address="198.51.100.9")
    services.deactivate(token_id=issue("entra").id, actor=OPERATOR)
    words = text(portal.get(START))
    assert re.search(
        r"Okta Connected .* Microsoft Entra ID Inactive Never – OneLogin Not conn", words
    )
    assert "198.51.100.9" in words


def test_generate_shows_token_and_url_once(portal: Client) -> None:
    page = generate(portal)
    secret = secret_on(page)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "Save the token now, it is not shown again." in text(page)
    assert f'value="{secret}" readonly' in markup(page)
    assert 'value="http://testserver/scim/v2" readonly' in markup(page)
    assert credentials.authenticate(f"Bearer {secret}", "").provider == "okta"
    assert secret not in markup(portal.get(OKTA))
    event = events().get()
    assert (event.label, event.actor_kind, event.details) == (
        "SCIM Token Created",
        "administrator",
        "Okta",
    )


def test_the_guide_after_generate_carries_the_very_values(portal: Client) -> None:
    page = generate(portal, "entra")
    secret = secret_on(page)
    html = markup(page)
    assert html.count(secret) == 2
    assert "http://testserver/scim/v2?aadOptscim062020</code>" in html
    assert "<dt>Secret Token</dt>" in html


@pytest.mark.parametrize("key", PROVIDERS)
def test_every_value_of_a_guide_can_be_copied(portal: Client, key: str) -> None:
    add_custom_attribute(name="costCenter", actor=OPERATOR)
    page = generate(portal, key)
    guide = markup(page).partition('class="card guide"')[2].partition("</section>")[0]
    rows = re.findall(r"<(?:div|td)[^>]* data-copy-row.*?</(?:div|td)>", guide)
    shown = re.findall(r"<dd> <code[^>]*>|<td[^>]*>(?: <span[^>]*>)? <code[^>]*>", guide)
    assert len(rows) == len(shown) >= 2
    assert all("data-copy-text" in row and "data-copy " in row for row in rows)
    copied = [
        re.sub(r"<[^>]+>", "", row.partition("data-copy-text>")[2].partition("</code>")[0])
        for row in rows
    ]
    assert secret_on(page) in copied
    expected = {
        "okta": {
            "userName",
            "costCenter",
            "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User",
        },
        "entra": {
            escape('Switch([IsSoftDeleted], , "False", "True", "True", "False")'),
            "name.givenName",
            "objectId",
            "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:costCenter",
        },
        "onelogin": {"costCenter", "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"},
        "pingone": {"/Users", "/Groups"},
        "other": {f"Authorization: Bearer {secret_on(page)}", "costCenter", "name.familyName"},
    }
    assert expected.get(key, set()) <= set(copied)


def test_the_header_is_told_without_a_token_too(portal: Client) -> None:
    page = markup(portal.get(f"{START}other/"))
    assert "<code data-copy-text>Authorization: Bearer</code>" in page


def test_a_public_url_wins_over_the_host(portal: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://mdm.example.org"
    assert "https://mdm.example.org/scim/v2" in text(portal.get(OKTA))


@pytest.mark.parametrize(("choice", "days"), [("30", 29), ("365", 364), ("never", None)])
def test_generate_with_each_lifetime(portal: Client, choice: str, days: int | None) -> None:
    generate(portal, lifetime=choice)
    assert current_tokens().get().days_left == days


def test_a_lifetime_that_is_not_offered_comes_back_beside_the_field(portal: Client) -> None:
    page = generate(portal, lifetime="12000")
    assert page.status_code == 400
    assert 'aria-invalid="true" aria-describedby="lifetime-error"' in markup(page)
    assert not ScimToken.objects.exists()


def test_the_same_form_sent_twice_makes_one_token(portal: Client) -> None:
    url = f"{OKTA}generate/"
    data = {"nonce": nonce_of(portal.get(url)), "lifetime": "365"}
    secret_on(portal.post(url, data))
    again = portal.post(url, data, follow=True)
    assert "already sent" in text(again)
    assert not SECRET.search(markup(again))
    assert ScimToken.objects.count() == 1
    assert events().count() == 1


@pytest.mark.parametrize("nonce", ["", "made-up", "made:up:here"])
def test_a_made_up_mark_makes_no_token(portal: Client, nonce: str) -> None:
    portal.post(f"{OKTA}generate/", {"nonce": nonce, "lifetime": "365"})
    assert not ScimToken.objects.exists()


def test_the_mark_of_another_administrator_makes_no_token(portal: Client) -> None:
    other = Client()
    other.force_login(Administrator.objects.create_superuser("other"))
    nonce = nonce_of(other.get(f"{OKTA}generate/"))
    portal.post(f"{OKTA}generate/", {"nonce": nonce, "lifetime": "365"})
    assert not ScimToken.objects.exists()


def test_the_limit_is_told_before_the_click_with_who_fills_the_slots(portal: Client) -> None:
    tokens = [issue("okta"), issue("entra")]
    for url in (OKTA, f"{START}entra/", f"{OKTA}generate/"):
        words = text(portal.get(url))
        assert "maximum of 2 tokens" in words
        assert all(token.prefix in words for token in tokens)
    button = re.search(r'<button[^>]*data-dialog="generate-dialog"[^>]*>', page_of(portal, OKTA))
    assert button
    assert "disabled" in button[0]
    assert 'id="generate-dialog"' not in page_of(portal, OKTA)


def page_of(portal: Client, url: str) -> str:
    """Return a page's markup."""
    return markup(portal.get(url))


def test_one_who_comes_too_late_is_told_calmly(portal: Client) -> None:
    url = f"{OKTA}generate/"
    data = {"nonce": nonce_of(portal.get(url)), "lifetime": "365"}
    issue()
    issue()
    page = portal.post(url, data, follow=True)
    assert page.status_code == 200
    assert "maximum of 2 tokens is reached" in text(page)


def test_the_table_tells_each_column(portal: Client) -> None:
    token = issue("entra", None)
    ScimToken.objects.update(last_used_at=timezone.now(), last_used_address="2001:db8::7")
    page = page_of(portal, OKTA)
    for heading in ("Token", "Identity provider", "Status", "Created", "Expires", "Last used"):
        assert f'<th scope="col">{heading}</th>' in page
    for cell in (token.prefix, "Microsoft Entra ID", ">Active<", "Never", "2001:db8::7"):
        assert cell in page


@pytest.mark.parametrize(
    ("state", "active", "inactive"),
    [("active", False, True), ("inactive", True, False), ("expired", False, False)],
)
def test_the_menu_offers_what_makes_sense(
    portal: Client, state: str, active: bool, inactive: bool
) -> None:
    token = issue()
    if state == "inactive":
        services.deactivate(token_id=token.id, actor=OPERATOR)
    if state == "expired":
        ScimToken.objects.update(expires_at=timezone.now())
    page = page_of(portal, OKTA)
    buttons = re.findall(r'<button type="submit"( disabled)?>(Set to \w+)</button>', page)
    offered = {label: not disabled for disabled, label in buttons}
    assert offered == {"Set to Active": active, "Set to Inactive": inactive}
    assert ">Renew</button>" in page
    assert ">Remove</button>" in page


def act(portal: Client, token: ScimToken, action: str, **data: str) -> Page:
    """Return the page that follows an action from the menu, without JavaScript."""
    return portal.post(f"{START}tokens/{token.id}/{action}/", data, follow=True)


def test_set_to_inactive_and_back(portal: Client) -> None:
    token = issue()
    page = act(portal, token, "deactivate", back="okta")
    assert page.redirect_chain[-1][0] == OKTA
    assert f"Token {token.prefix} is inactive" in text(page)
    page = act(portal, token, "activate")
    assert page.redirect_chain[-1][0] == START
    assert f"Token {token.prefix} is active." in text(page)
    labels = [event.label for event in events().order_by("id")[1:]]
    assert labels == ["SCIM Token Disabled", "SCIM Token Enabled"]


def test_an_expired_token_is_not_activated(portal: Client) -> None:
    token = issue()
    ScimToken.objects.update(expires_at=timezone.now(), is_active=False)
    assert "Renew it instead" in text(act(portal, token, "activate", back="okta"))


def test_renew_offers_the_overlap_and_shows_the_new_token_once(portal: Client) -> None:
    token = issue()
    url = f"{START}tokens/{token.id}/renew/"
    confirm = portal.get(url, {"back": "okta"})
    assert '<input type="radio" name="overlap" value="1" required checked>' in (markup(confirm))
    data = {"nonce": nonce_of(confirm), "overlap": "24", "back": "okta"}
    page = portal.post(url, data)
    secret = secret_on(page)
    assert "The old token works until" in text(page)
    assert secret.startswith(ScimToken.objects.get().key_id)
    again = portal.post(url, data, follow=True)
    assert "already sent" in text(again)
    assert Event.objects.filter(event="scim_token.renewed").count() == 1
    assert f"{token.key_id}… works until" in text(portal.get(OKTA))


def test_renew_without_overlap_says_that_the_old_token_is_dead(portal: Client) -> None:
    token = issue()
    services.deactivate(token_id=token.id, actor=OPERATOR)
    url = f"{START}tokens/{token.id}/renew/"
    page = portal.post(url, {"nonce": nonce_of(portal.get(url)), "overlap": "0"})
    assert "The old token does not work any more." in text(page)
    assert "still inactive" in text(page)


def test_renew_asks_again_for_an_overlap_that_is_not_offered(portal: Client) -> None:
    token = issue()
    url = f"{START}tokens/{token.id}/renew/"
    page = portal.post(url, {"nonce": nonce_of(portal.get(url)), "overlap": "5"})
    assert page.status_code == 400
    assert 'class="error"' in markup(page)


def test_remove_is_confirmed_and_cannot_be_undone(portal: Client) -> None:
    token = issue()
    confirm = portal.get(f"{START}tokens/{token.id}/remove/", {"back": "okta"})
    assert "This cannot be undone." in text(confirm)
    assert current_tokens().exists()
    page = act(portal, token, "remove", back="okta")
    assert f"Token {token.prefix} was removed." in text(page)
    assert not current_tokens().exists()


@pytest.mark.parametrize("action", ["activate", "deactivate", "renew", "remove"])
def test_a_token_that_another_administrator_removed_is_a_calm_sentence(
    portal: Client, action: str
) -> None:
    token = issue()
    services.remove(token_id=token.id, actor=OPERATOR)
    page = act(portal, token, action, back="okta")
    assert page.status_code == 200
    assert "This token does not exist any more." in text(page)
    unknown = portal.get(f"{START}tokens/{uuid4()}/renew/", follow=True)
    assert "This token does not exist any more." in text(unknown)


@pytest.mark.parametrize("action", ["activate", "deactivate"])
def test_nothing_changes_on_a_mere_visit(portal: Client, action: str) -> None:
    token = issue()
    assert portal.get(f"{START}tokens/{token.id}/{action}/").status_code == 405


def test_the_way_back_leads_nowhere_else(portal: Client) -> None:
    page = act(portal, issue(), "deactivate", back="https://evil.example")
    assert page.redirect_chain == [(START, 302)]


@pytest.mark.parametrize(
    ("left", "tone", "words"),
    [
        (timedelta(days=40), "", ""),
        (timedelta(days=29, hours=1), "info", "expires in 29 days"),
        (timedelta(days=6, hours=1), "warning", "expires in 6 days"),
        (timedelta(days=1, hours=1), "warning", "expires in 1 day,"),
        (timedelta(hours=5), "bad", "expires within a day"),
        (timedelta(hours=-5), "bad", "expired on"),
    ],
)
def test_a_banner_comes_before_a_token_expires(
    portal: Client, left: timedelta, tone: str, words: str
) -> None:
    issue()
    ScimToken.objects.update(expires_at=timezone.now() + left)
    for url in (START, OKTA):
        page = portal.get(url)
        assert words in text(page)
        found = re.search(r'class="notice (\w+)"[^§]*?Renew it', markup(page))
        assert bool(found) is bool(tone)
        assert not found or found[1] == tone


def test_a_token_made_for_thirty_days_is_first_told_of_at_seven(portal: Client) -> None:
    issue(lifetime_days=30)
    assert "Renew it" not in text(portal.get(OKTA))
    ScimToken.objects.update(expires_at=timezone.now() + timedelta(days=6, hours=1))
    assert "expires in 6 days" in text(portal.get(OKTA))


def test_no_banner_for_a_token_that_is_switched_off(portal: Client) -> None:
    services.deactivate(token_id=issue().id, actor=OPERATOR)
    ScimToken.objects.update(expires_at=timezone.now())
    assert "Renew it" not in text(portal.get(OKTA))


def test_the_secret_is_stored_and_logged_nowhere(
    portal: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        secret = secret_on(generate(portal))
        tail = secret[len("scim_") + 8 :]
        portal.get(OKTA)
    assert tail not in caplog.text
    assert tail not in str(dict(portal.session))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{tail}%"])
            assert cursor.fetchone() == (0,), table
    assert not any(tail in str(cache.get(key)) for key in cache_keys())


def cache_keys() -> list[str]:
    """Return the keys that the cache holds, as Django names them."""
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    return [key.decode().split(":", 2)[2] for key in client.scan_iter("*")]


def test_visitors_see_nothing(client: Client) -> None:
    for url in (START, OKTA, f"{OKTA}generate/", f"{OKTA}settings/"):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
    client.post(f"{OKTA}generate/", {"nonce": "x", "lifetime": "365"})
    assert not ScimToken.objects.exists()


def test_a_page_without_the_csrf_mark_is_refused(administrator: Administrator) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(administrator)
    token = issue()
    for url in (f"{OKTA}generate/", f"{START}tokens/{token.id}/remove/"):
        assert strict.post(url, {"nonce": "x"}).status_code == 403
    assert current_tokens().exists()
