"""The shell in a browser: themes, narrow screens, no JavaScript, and no barrier for anyone."""

import re

import pytest
from django.contrib.auth.models import User as Administrator
from django.test import Client
from playwright.sync_api import expect

from scim_provisioning.activity.reasons import UNREGISTERED
from scim_provisioning.directory.groups import create_group
from scim_provisioning.directory.imports import upload
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import GroupState, UserState
from scim_provisioning.settings.services import add_custom_attribute
from scim_provisioning.tokens import services as tokens
from tests.browser.accessibility import sideways, violations
from tests.browser.conftest import THEMES, VIEWS, Open
from tests.conftest import PASSWORD
from tests.portal.people import OKTA, group, person
from tests.portal.test_requests import entry

START = "/admin/identity/user-provisioning/"
PAGES = (
    "/users/",
    "/users/add/",
    "/users/import/",
    "/users/groups/",
    "/users/groups/add/",
    "/audit/",
    START,
    f"{START}okta/",
    f"{START}okta/settings/",
    f"{START}okta/generate/",
    f"{START}requests/",
    "/nothing/here/",
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled(transactional_db: None, administrator: Administrator) -> tuple[str, ...]:
    """Fill all lists with what is hard to show; return the addresses of its details."""
    tokens.generate(provider="okta", lifetime_days=30, actor=OKTA)
    tokens.generate(provider="entra", lifetime_days=None, actor=OKTA)
    emails = ({"value": f"{'y' * 100}@ex.org", "primary": True},)
    long = person("x" * 200, department="z" * 200, emails=emails)
    others = [person(f"שלום {number}", active=number % 2 == 0) for number in range(30)]
    team = group("A very long name of a group " * 6, long, *others)
    own = create_group(
        state=GroupState("Our own"), members=frozenset({long.pk, others[0].pk}), actor=OKTA
    )
    logged = entry(
        path=f"/Users?filter={'x' * 300}",
        status=400,
        asked='{"userName": "' + "y" * 250 + '"}',
        answered='{"detail": "' + "z" * 250 + '"}',
        ignored={
            f"urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:{'p' * 60}": UNREGISTERED
        },
    )
    details = (
        f"{START}requests/{logged.pk}/",
        f"/users/{long.pk}/",
        f"/users/{long.pk}/attributes/",
        f"/users/{long.pk}/groups/",
        f"/users/{long.pk}/invitations/",
        f"/users/{long.pk}/invite/",
        f"/users/actions/invite/?user={long.pk}",
        f"/users/actions/join/?user={long.pk}",
        f"/users/{long.pk}/history/",
    )
    ours = (f"/users/groups/{own.pk}/{step}" for step in ("", "add/", "rename/", "delete/"))
    add_custom_attribute(name="costCenter", actor=OKTA)
    local = create_user(state=UserState("local@ex.org", emails=emails), actor=OKTA)
    wrong = b"userName,email\nana,\n" + b"w" * 200 + b",x\n"
    owner = str(administrator.pk)
    file = upload(file_name="people.csv", content=wrong, owner=owner)
    theirs = (f"/users/{local.pk}/{step}" for step in ("", "edit/", "disable/", "delete/"))
    team_page, file_page = f"/users/groups/{team.pk}/", f"/users/import/{file.pk}/"
    return (*details, team_page, *ours, *theirs, file_page)


@pytest.mark.parametrize(("theme", "width"), VIEWS)
def test_no_page_has_a_barrier_or_scrolls_sideways(
    visit: Open, portal: Client, filled: tuple[str, ...], theme: str, width: str
) -> None:
    page = visit("/sign-in/", theme=theme, width=width)
    assert (violations(page), sideways(page)) == ([], 0)
    page = visit(START, client=portal, theme=theme, width=width)
    for address in (*PAGES, *filled):
        page.goto(address)
        assert (address, violations(page), sideways(page)) == (address, [], 0)


@pytest.mark.parametrize("theme", THEMES)
def test_no_open_menu_has_a_barrier(visit: Open, portal: Client, theme: str) -> None:
    page = visit(START, client=portal, theme=theme, width="narrow")
    for menu in ("side", "themes", "languages", "account"):
        page.click(f"[popovertarget={menu}]")
        expect(page.locator(f"#{menu}")).to_be_visible()
        assert (menu, violations(page), sideways(page)) == (menu, [], 0)
        page.keyboard.press("Escape")
        expect(page.locator(f"#{menu}")).to_be_hidden()


def test_a_theme_is_kept_and_can_be_given_back_to_the_system(visit: Open, portal: Client) -> None:
    page = visit(START, client=portal)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[popovertarget=themes]")
    page.click("[data-theme-choice=dark]")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.click("[popovertarget=themes]")
    expect(page.locator("[data-theme-choice=dark]")).to_have_attribute("aria-pressed", "true")
    page.click("[data-theme-choice=system]")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_the_first_tab_skips_to_the_content(visit: Open, portal: Client) -> None:
    page = visit(START, client=portal)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_all_of_it_works_without_javascript(visit: Open, portal: Client) -> None:
    page = visit("/sign-in/?next=/users/", width="narrow", scripts=False)
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page).to_have_url(re.compile("/users/$"))
    page.click("[popovertarget=side]")
    page.click(f"#side a[href='{START}']")
    page.click("[popovertarget=languages]")
    page.click("#languages [value=fr]")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.goto(f"{START}okta/settings/")
    page.click("main form .primary")
    page.click(".toast .close")
    expect(page.locator(".toast")).to_be_hidden()
    page.click("[popovertarget=account]")
    page.click("#account button")
    expect(page).to_have_url(re.compile("/sign-in/$"))
