"""What no index serves is looked for within reach: a page never reads a trail of millions."""

import re

import pytest
from django.test import Client

from audit import events, keyset
from audit.services import Subject, record
from tests.portal.people import OKTA
from tests.portal.words import markup, text

pytestmark = pytest.mark.django_db
SEARCH = "/audit/?q=needle"


@pytest.fixture(autouse=True)
def short_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page look through ten events, or, searching further, through fifty."""
    monkeypatch.setattr(keyset, "REACH", 10)
    monkeypatch.setattr(keyset, "FAR_REACH", 50)


def trail(*names: str) -> None:
    for number, name in enumerate(names):
        record(events.USER_CREATED, actor=OKTA, subject=Subject("user", str(number), name))


def names(page: str) -> list[str]:
    return re.findall(r"(?:needle|hay) \d+", page)


def link(page: str, label: str) -> str | None:
    found = re.search(rf'href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?\s*{label}', page)
    return found and "/audit/" + found[1].replace("&amp;", "&")


def test_a_page_says_how_far_it_looked_and_goes_on_from_there(portal: Client) -> None:
    trail("needle 1", *["hay"] * 45, "needle 2", *["hay"] * 3)
    first = portal.get(SEARCH)
    assert names(markup(first)) == ["needle 2"]
    assert "Searched back to" in text(first)
    further = link(markup(first), "Search further back")
    assert further and "far=1" in further
    second = portal.get(further)
    assert names(markup(second)) == ["needle 1"]
    assert "Searched back to" not in text(second)


def test_its_pages_leave_nothing_out_in_either_direction(portal: Client) -> None:
    trail(*[f"needle {n}" if n % 7 == 0 else f"hay {n}" for n in range(100)])
    wanted = [f"needle {n}" for n in range(98, -1, -7)]
    page, seen = markup(portal.get(SEARCH)), []
    while True:
        seen += names(page)
        older = link(page, "Older")
        if older is None:
            break
        page = markup(portal.get(older))
    assert seen == wanted
    back: list[str] = []
    while (newer := link(page, "Newer")) is not None:
        page = markup(portal.get(newer))
        back = names(page) + back
    assert sorted(set(back) | set(seen)) == sorted(wanted)
    assert "Newest" not in text(portal.get(SEARCH))


def test_what_an_index_serves_has_no_limit(portal: Client) -> None:
    record(events.SCIM_TOKEN_CREATED, actor=OKTA, subject=Subject("token", "1", "scim_1"))
    trail(*["hay"] * 45)
    page = portal.get("/audit/?category=user_setting")
    assert "scim_1" in text(page)
    assert "Searched back to" not in text(page)


def test_reach_is_counted_among_what_an_index_serves(portal: Client) -> None:
    record(events.SCIM_TOKEN_CREATED, actor=OKTA, subject=Subject("token", "1", "needle 1"))
    trail(*["hay"] * 45)
    assert names(markup(portal.get(f"{SEARCH}&category=user_setting"))) == ["needle 1"]


def test_the_grouped_view_says_since_when_it_groups(portal: Client) -> None:
    trail("needle 1", *["hay"] * 45)
    page = portal.get(f"{SEARCH}&view=grouped")
    assert "Only matching events since" in text(page)
    assert names(markup(page)) == []
