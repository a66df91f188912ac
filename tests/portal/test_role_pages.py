"""Every page for every role: what it opens, what it offers, and what it refuses to be sent.

Read from the table of ``rights``, which says it independently of the code.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests.portal.everything import SUPERUSER, Everything, addresses, everything
from tests.portal.links import Links, name_of
from tests.portal.rights import (
    AREA,
    CHANGING,
    EVERYBODY,
    OF_EVERYBODY,
    PAGES,
    READS,
    SYSTEM,
    USERS,
    WRITES,
    Page,
)

pytestmark = pytest.mark.django_db
ALL = {USERS, SYSTEM}
FORMS = [page for page in PAGES if page.sends is not None]
seen: dict[tuple[str, str], int] = {}
"""What the addresses that pages lead to were answered with, by role: each is opened once."""


def may_read(role: str, area: str) -> bool:
    """Tell whether a role reads an area."""
    return area in {EVERYBODY, *READS.get(role, ALL)}


def may_write(role: str, area: str) -> bool:
    """Tell whether a role writes an area."""
    return area in {EVERYBODY, *WRITES.get(role, ALL)}


def rows(pages: Iterable[Page], roles: Iterable[str], written: bool | None = None) -> list[Any]:
    """Return the pages for the roles: all, or those that do, or do not, write their areas."""
    return [
        pytest.param(page, role, id=f"{page.name}{page.query}{page.place or ''}-{role}")
        for page in pages
        for role in roles
        if written is None or may_write(role, page.area) is written
    ]


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Everything]:
    """Return a portal with something on each page, made once: no test may keep a change of it."""
    seen.clear()
    with django_db_blocker.unblock(), transaction.atomic():
        yield everything()
        transaction.set_rollback(True)


def stored() -> dict[str, list[Any]]:
    """Return all that is stored, but for who is signed in."""
    models = [model for model in apps.get_models() if model is not Session]
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models
    }


def sent(portal: Everything, page: Page, role: str, browser: Client) -> Any:
    """Return the answer to the form of a page."""
    place = portal.place_of(page, role)
    values = {
        name: value() if callable(value) else value.format_map(place)
        for name, value in (page.sends or {}).items()
    }
    return browser.post(portal.address(page, role), values)


def answered(browser: Client, role: str, address: str) -> int:
    """Return what an address is answered with."""
    if (role, address) not in seen:
        seen[role, address] = browser.get(address).status_code
    return seen[role, address]


def test_the_table_has_every_address() -> None:
    assert {page.name for page in PAGES} == set(addresses())


@pytest.mark.parametrize(("page", "role"), rows(PAGES, (*READS, SUPERUSER)))
def test_a_page_shows_a_role_what_it_may_do(portal: Everything, page: Page, role: str) -> None:
    browser, address = portal.browser(role), portal.address(page, role)
    answer = browser.get(address)
    needs = may_write if page.changes else may_read
    assert answer.status_code == (page.get if needs(role, page.area) else 403)
    links = Links(b"".join(answer).decode(), address)
    offered = {name_of(one) for one in links.opened} & CHANGING
    offered |= {name_of(one) for one in links.sent_to} - OF_EVERYBODY
    assert offered == (page.offered if may_write(role, page.writers_area) else set())
    assert all(may_write(role, AREA[name]) for name in offered)
    for one in links.opened | links.sent_to:
        assert answered(browser, role, one) in (200, 302, 405), one


@pytest.mark.parametrize(("page", "role"), rows(FORMS, READS, written=False))
def test_a_form_is_refused_and_changes_nothing(portal: Everything, page: Page, role: str) -> None:
    browser = portal.browser(role)
    before = stored()
    assert sent(portal, page, role, browser).status_code == 403
    assert stored() == before


@pytest.mark.parametrize(("page", "role"), rows(FORMS, READS, written=True))
def test_a_form_of_a_role_that_may_is_taken(portal: Everything, page: Page, role: str) -> None:
    browser = portal.browser(role)
    before = stored()
    assert sent(portal, page, role, browser).status_code in (200, 302, 422)
    assert (stored() != before) is page.done
