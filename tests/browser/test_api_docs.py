"""The reference of the admin API works under the portal's strict policy, from its own files."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browser.accessibility import sideways, violations
from tests.browser.conftest import WIDTHS, Open

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_reference_shows_the_operations(visit: Open, portal: Client, width: str) -> None:
    page = visit("/users/", client=portal, width=width)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/api/docs/")
    expect(page.get_by_text("/api/v1/users/").first).to_be_visible()
    home = page.url.partition("/api/")[0]
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
    assert (complaints, violations(page), sideways(page)) == ([], [], 0)
