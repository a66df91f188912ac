"""The command palette by keyboard: Ctrl+K, letters, arrows, Enter."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browser.accessibility import violations
from tests.browser.conftest import THEMES, Open
from tests.portal.people import person

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_user_is_a_few_keys_away(visit: Open, portal: Client) -> None:
    zoe = person("Zoë Ruiz")
    page = visit("/audit/", client=portal)
    page.keyboard.press("Control+k")
    page.keyboard.type("zoe")
    expect(page.get_by_role("option", name="Zoë Ruiz")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/users/{zoe.pk}/")


def test_arrows_move_and_escape_closes(visit: Open, portal: Client) -> None:
    page = visit("/audit/", client=portal)
    page.get_by_role("button", name="Go to").click()
    options = page.get_by_role("dialog").get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("theme", THEMES)
def test_it_has_no_barrier(visit: Open, portal: Client, theme: str) -> None:
    page = visit("/audit/", client=portal, theme=theme, width="narrow")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("option").first).to_be_visible()
    assert violations(page) == []
