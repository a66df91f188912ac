"""The Users list in a browser: the selection counts live, needs no JavaScript, has no barrier."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from audit.actors import Actor
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.settings.services import add_custom_attribute
from tests.browser.accessibility import sideways, violations
from tests.browser.conftest import VIEWS, Open
from tests.portal.people import person

pytestmark = pytest.mark.django_db(transaction=True)
ACTIONS = ("invite", "enable", "disable", "delete", "assign", "remove")


@pytest.fixture
def people(transactional_db: None) -> None:
    """Make thirty local users and one of an IdP who is hard to show."""
    add_custom_attribute(name="costCenter", actor=Actor.system())
    for number in range(30):
        state = UserState(user_name=f"user{number:02}@ex.org", active=number % 2 == 0)
        create_user(state=state, actor=Actor.system())
    person("x" * 200, department="z" * 200, custom={"costCenter": "c" * 200})


def test_the_selection_is_counted_live(visit: Open, portal: Client, people: None) -> None:
    page = visit("/users/", client=portal)
    count, boxes = page.locator("[data-count]"), page.locator('input[name="user"]')
    page.click("[popovertarget=actions]")
    expect(page.get_by_role("button", name="Disable")).to_be_disabled()
    expect(page.get_by_role("button", name="Export to CSV")).to_be_enabled()
    page.keyboard.press("Escape")
    boxes.nth(0).check()
    boxes.nth(3).check()
    expect(count).to_have_text("2")
    page.get_by_role("checkbox", name="Select all on this page").check()
    expect(count).to_have_text("25")
    page.get_by_role("link", name="Clear selection").click()
    expect(count).to_have_text("0")
    page.get_by_role("link", name="Select all on this page").click()
    expect(count).to_have_text("25")
    page.get_by_role("link", name="Select all 31 that match").click()
    expect(count).to_have_text("31")
    expect(boxes.nth(0)).to_be_disabled()
    page.click("[popovertarget=actions]")
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("15 local users are disabled.")).to_be_visible()
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("15 users were disabled.")).to_be_visible()
    assert User.objects.filter(active=True).count() == 1


def test_ticks_last_from_page_to_page(visit: Open, portal: Client, people: None) -> None:
    page = visit("/users/", client=portal)
    count, boxes = page.locator("[data-count]"), page.locator('input[name="user"]')
    boxes.nth(1).check()
    boxes.nth(2).check()
    page.get_by_role("link", name="Next").click()
    expect(count).to_have_text("2")
    page.locator("tbody input").nth(0).check()
    expect(count).to_have_text("3")
    page.get_by_role("link", name="Previous").click()
    expect(count).to_have_text("3")
    expect(boxes.nth(1)).to_be_checked()
    boxes.nth(1).uncheck()
    page.get_by_role("link", name="Name").click()
    expect(count).to_have_text("2")
    page.click("[popovertarget=actions]")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("2 users are selected.")).to_be_visible()
    page.get_by_role("link", name="Cancel").click()
    expect(count).to_have_text("0")


def test_a_narrower_list_begins_with_no_tick(visit: Open, portal: Client, people: None) -> None:
    page = visit("/users/", client=portal)
    page.locator("tbody input").nth(0).check()
    page.fill("[name=q]", "user")
    page.keyboard.press("Enter")
    expect(page.locator("[data-count]")).to_have_text("0")


def test_all_that_match_are_selected_without_javascript(
    visit: Open, portal: Client, people: None
) -> None:
    page = visit("/users/?status=inactive", client=portal, scripts=False)
    expect(page.locator("[data-tick-page]")).to_be_hidden()
    page.get_by_role("link", name="Select all on this page").click()
    expect(page.locator("[data-count]")).to_have_text("15")
    page.click("[popovertarget=actions]")
    page.get_by_role("button", name="Enable").click()
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_text("15 users were enabled.")).to_be_visible()
    assert not User.objects.filter(active=False).exists()


@pytest.mark.parametrize(("theme", "width"), VIEWS)
def test_no_part_of_the_list_has_a_barrier(
    visit: Open, portal: Client, people: None, theme: str, width: str
) -> None:
    page = visit("/users/", client=portal, theme=theme, width=width)
    many = "/users/columns/?column=custom.costCenter&column=external_id&column=invite_status"
    for address in ("/users/", "/users/?attribute_value=x&size=100", many, "/users/?select=all"):
        page.goto(address)
        for summary in page.locator("main summary").all():
            if summary.evaluate("element => !element.parentElement.open"):
                summary.click()
        assert (address, violations(page), sideways(page)) == (address, [], 0)
    page.click("[popovertarget=actions]")
    assert (violations(page), sideways(page)) == ([], 0)
    for action in ACTIONS:
        page.goto(f"/users/actions/{action}/?all=1")
        assert (action, violations(page), sideways(page)) == (action, [], 0)
