"""The form of a mail template in a browser: the preview, the variables, no barriers."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browser.accessibility import sideways, violations
from tests.browser.conftest import VIEWS, Open

START = "/admin/branding/email-templates/"
ONE = f"{START}invitation/en/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("theme", "width"), VIEWS)
def test_no_page_has_a_barrier_or_scrolls_sideways(
    visit: Open, portal: Client, theme: str, width: str
) -> None:
    page = visit(START, client=portal, theme=theme, width=width)
    for address in (START, ONE, f"{ONE}revert/"):
        page.goto(address)
        assert (address, violations(page), sideways(page)) == (address, [], 0)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_preview_shows_what_is_typed(visit: Open, portal: Client, scripts: bool) -> None:
    page = visit(ONE, client=portal, scripts=scripts)
    shown = page.frame_locator("iframe[name=mail-preview]")
    expect(shown.get_by_role("heading")).to_have_text(
        "You are invited to register for mobile device management"
    )
    page.locator("#id_html").fill('<p style="color:#a01224">Hi ${userFirstName}</p>')
    page.get_by_role("button", name="Preview").click()
    expect(shown.get_by_text("Hi Jane").first).to_have_css("color", "rgb(160, 18, 36)")
    expect(page.locator("#id_html")).to_have_value(
        '<p style="color:#a01224">Hi ${userFirstName}</p>'
    )
    page.locator("#id_html").fill("<form>")
    page.get_by_role("button", name="Preview").click()
    expect(shown.get_by_text("The tag <form> is not allowed.")).to_be_visible()


def test_a_dollar_offers_the_variables_in_the_body(visit: Open, portal: Client) -> None:
    page = visit(ONE, client=portal)
    field = page.locator("#id_html")
    field.fill("")
    field.press_sequentially("<p>$activ")
    expect(page.get_by_role("option")).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value("<p>${userActivationUrl}")
