"""Audit Trails in a browser: wide and narrow, both themes, with everything open."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from audit import events
from audit.preferences import SavedQuery
from audit.services import Change, Subject, record
from tests.browser.accessibility import sideways, violations
from tests.browser.conftest import VIEWS, Open
from tests.portal.people import OKTA, group, person

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESSES = (
    "/audit/",
    "/audit/?view=grouped",
    "/audit/?subject_type=user&subject_id=1",
    "/audit/?start=yesterday&end=2026-01-01&category=x",
    "/audit/?q=nobody",
)


@pytest.fixture
def trail(portal: Client) -> None:
    """Fill the trail with what is hard to show, and save a query."""
    group("Sales " + "g" * 200, *[person(f"שלום {number}") for number in range(55)])
    change = Change(attribute="a" * 64, before="b" * 250, after=["c" * 200, "d"])
    record(
        events.USER_UPDATED,
        actor=OKTA,
        subject=Subject("user", "1", "x" * 200),
        details="Okta " + "z" * 200,
        changes=[change],
    )
    keys = ["time", "activity", "type", "category", "name", "performed_by", "details", "status"]
    portal.post("/audit/", {"do": "columns", "columns": [*keys, "changes"]})
    portal.post("/audit/?q=okta", {"do": "save", "name": "q" * 100})


@pytest.mark.parametrize(("theme", "width"), VIEWS)
def test_the_trail_has_no_barrier_and_does_not_scroll_sideways(
    visit: Open, portal: Client, trail: None, theme: str, width: str
) -> None:
    page = visit("/audit/", client=portal, theme=theme, width=width)
    for address in ADDRESSES:
        page.goto(address)
        opened = "all => all.slice(0, 6).forEach(one => one.open = true)"
        page.locator("main details").evaluate_all(opened)
        assert (address, violations(page), sideways(page)) == (address, [], 0)


def test_a_saved_query_is_deleted_after_a_second_thought(
    visit: Open, portal: Client, trail: None
) -> None:
    page = visit("/audit/", client=portal, width="narrow", scripts=False)
    page.get_by_text("Saved queries").click()
    page.locator("[popovertarget^=delete-query]").click()
    expect(page.get_by_text("This cannot be undone.")).to_be_visible()
    page.locator("[popover]:popover-open .danger").click()
    expect(page.get_by_text("was deleted.")).to_be_visible()
    assert not SavedQuery.objects.exists()
