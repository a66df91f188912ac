"""Configurations and attributes in a browser: variables are offered while one types."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from audit.actors import Actor
from scim_provisioning.configurations import services
from scim_provisioning.configurations.drafts import Draft
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.settings.services import add_custom_attribute
from tests.browser.accessibility import sideways, violations
from tests.browser.conftest import VIEWS, Open
from tests.portal.people import person

START = "/admin/configurations/"
OPERATOR = Actor.operator("tests")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled(transactional_db: None) -> list[str]:
    """Make what is hard to show; return the addresses of all pages."""
    add_custom_attribute(name="x" * 64, actor=OPERATOR)
    nobody = person("n" * 200)
    values = ((f"{'k' * 150}", f"${{{'x' * 64}}}{'v' * 300}${{deviceSN}}"), ("b", "${department}"))
    draft = Draft("A long name " * 8, values)
    made = services.create(kind="custom", draft=draft, actor=OPERATOR)
    one = f"{START}{made.pk}/"
    tabs = (f"preview/?q={'n' * 9}", f"preview/{nobody.pk}/", "users/", "edit/", "delete/")
    new = [f"{START}new/", f"{START}new/wifi/", f"{START}new/custom/"]
    attributes = [
        "/admin/system/attributes/",
        f"/admin/system/attributes/{'x' * 64}/delete/",
    ]
    return [START, one, *(f"{one}{tab}" for tab in tabs), *new, *attributes]


@pytest.mark.parametrize(("theme", "width"), VIEWS)
def test_no_page_has_a_barrier_or_scrolls_sideways(
    visit: Open, portal: Client, filled: list[str], theme: str, width: str
) -> None:
    page = visit(START, client=portal, theme=theme, width=width)
    for address in filled:
        page.goto(address)
        assert (address, violations(page), sideways(page)) == (address, [], 0)


def value_of(page: Page) -> str:
    """Return what stands in the field."""
    return page.locator("#id_identity").input_value()


def test_typing_a_dollar_offers_the_variables(visit: Open, portal: Client, db: None) -> None:
    add_custom_attribute(name="costCenter", actor=OPERATOR)
    page = visit(f"{START}new/wifi/", client=portal)
    field, options = page.locator("#id_identity"), page.get_by_role("option")
    field.press_sequentially("a$")
    expect(options.first).to_have_text("${costCenter}Custom attribute")
    assert violations(page) == []
    field.press_sequentially("uid")
    expect(options).to_have_count(3)
    field.press("ArrowDown")
    field.press("ArrowUp")
    field.press("ArrowUp")
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    assert value_of(page) == "a${userUIDDomain}"
    expect(options).to_have_count(0)
    field.press_sequentially("-${cost")
    page.get_by_role("option", name="costCenter").click()
    assert value_of(page) == "a${userUIDDomain}-${costCenter}"
    field.press_sequentially("$$")
    expect(options).to_have_count(0)
    field.press_sequentially("$")
    field.press("Escape")
    expect(options).to_have_count(0)
    field.press_sequentially("${nothing")
    expect(options).to_have_count(0)
    page.locator("#id_ssid").press_sequentially("$")
    expect(options).to_have_count(0)


def test_a_configuration_is_made_without_javascript(visit: Open, portal: Client, db: None) -> None:
    page = visit(START, client=portal, scripts=False, width="narrow")
    page.get_by_role("link", name="Add", exact=True).click()
    page.get_by_role("link", name="Wi-Fi").click()
    expect(page.get_by_text("${userEmailAddress}", exact=True)).to_be_visible()
    page.fill("#id_name", "Office")
    page.fill("#id_ssid", "Corp")
    page.fill("#id_identity", "${userUID}")
    page.fill("#id_password", "correct horse battery")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Office")).to_be_visible()
    assert Configuration.objects.get().variables == ["userUID"]
