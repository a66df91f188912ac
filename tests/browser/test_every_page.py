"""Every page and form of the table of rights in a browser: for everyone, and without a fault."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Locator, Request, expect
from playwright.sync_api import Page as Window

from tests.browser.accessibility import sideways, violations
from tests.browser.conftest import Open
from tests.portal.everything import SUPERUSER, Everything, everything
from tests.portal.rights import PAGES, Page

pytestmark = pytest.mark.django_db(transaction=True)
VIEWS = [
    ("light", "en", "wide"),
    ("dark", "es", "narrow"),
    ("light", "fr", "narrow"),
]
"""Each theme, each language and each width, if not each with each."""
FORMS = [page for page in PAGES if page.sends is not None and page.get == 200 and page.done]
OUTSIDE = {"sign-in", "sign-out", "set-language", "palette", "email-template-preview"}
"""For others than the signed-in; or no page: the palette's list, a mail that runs no script."""
GIVEN_UP = "net::ERR_ABORTED"
"""What Chromium itself leaves unfinished as it goes on to the next page: the icon of its tab."""


@pytest.fixture
def portal(transactional_db: None) -> Everything:
    """Give a portal with something on each page."""
    return everything()


def readable(portal: Everything, client: Client) -> dict[str, str]:
    """Return the addresses of all pages that a browser shows; exports and the like are files."""
    found = {}
    for page in PAGES:
        if page.get != 200 or page.name in OUTSIDE:
            continue
        address = portal.address(page, SUPERUSER)
        answer = client.get(address)
        if "Content-Disposition" not in answer and "html" in answer["Content-Type"]:
            found[address] = page.name
    assert len(found) > 50
    return found


def listen(window: Window) -> list[str]:
    """Return a list that fills with what the pages say in the console, and what they miss."""
    said: list[str] = []

    def note(request: Request) -> None:
        if request.failure != GIVEN_UP:
            said.append(f"{request.url}: {request.failure}")

    window.on("console", lambda message: said.append(message.text))
    window.on("pageerror", lambda error: said.append(str(error)))
    window.on("requestfailed", note)
    return said


@pytest.mark.parametrize(("theme", "language", "width"), VIEWS)
def test_no_page_has_a_barrier_scrolls_sideways_or_complains(
    visit: Open, portal: Everything, theme: str, language: str, width: str
) -> None:
    client = portal.browser(SUPERUSER)
    window = visit("/", client=client, theme=theme, language=language, width=width)
    expect(window.locator("html")).to_have_attribute("lang", language)
    said = listen(window)
    faults = {}
    for address, name in readable(portal, client).items():
        window.goto(address)
        fault = (violations(window), sideways(window), said[:])
        if fault != ([], 0, []):
            faults[name, address] = fault
        said.clear()
    assert faults == {}


@pytest.mark.parametrize("page", FORMS, ids=lambda page: page.name)
def test_each_form_is_sent_without_a_complaint(visit: Open, portal: Everything, page: Page) -> None:
    client, address = portal.browser(SUPERUSER), portal.address(page, SUPERUSER)
    window = visit(address, client=client)
    said = listen(window)
    form = form_of(window, address)
    place = portal.place_of(page, SUPERUSER)
    for name, value in (page.sends or {}).items():
        fill(form.locator(f"[name='{name}']:enabled:not(button, [type=hidden])"), value, place)
    with window.expect_navigation():
        form.locator("button[type=submit], button:not([type])").first.click()
    assert window.locator("[aria-invalid=true], .error").count() == 0
    assert said == []


def form_of(window: Window, address: str) -> Locator:
    """Return the form of a page that is sent to the page itself."""
    path = address.partition("?")[0]
    places = ", ".join(
        f"main form[method=post]{action}"
        for action in (":not([action])", f"[action='{address}']", f"[action='{path}']")
    )
    return window.locator(places).first


def fill(field: Locator, value: Any, place: dict[str, str]) -> None:
    """Fill in a field as a person does; what is not shown stays as it is."""
    if not field.count():
        return
    if callable(value):
        file = value()
        contents = {"name": file.name, "mimeType": "text/csv", "buffer": file.read()}
        field.set_input_files(contents)  # type: ignore[arg-type]
        return
    kind = field.first.evaluate("field => field.type")
    text = value.format_map(place)
    if kind in ("radio", "checkbox"):
        (
            field.and_(field.page.locator(f"[value='{text}']")) if field.count() > 1 else field
        ).check()
    elif kind == "select-one":
        field.select_option(text)
    else:
        field.fill(text)
