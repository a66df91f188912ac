"""On laptops of 1280 and 1024 pixels the widest tables fit, on a phone words stay whole."""

import pytest
from django.test import Client
from django.utils import timezone

from audit.actors import Actor
from scim_provisioning.tokens import services as tokens
from scim_provisioning.tokens.models import ScimToken
from tests.browser.accessibility import sideways
from tests.browser.conftest import Open
from tests.portal.people import person
from tests.portal.test_requests import entry

pytestmark = pytest.mark.django_db(transaction=True)
LAPTOP = {"width": 1280, "height": 800}
LANGUAGES = ("en", "es", "fr")
WIDTHS = (1280, 1024)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_used_token_fits_beside_its_menu(
    visit: Open, portal: Client, language: str, width: int
) -> None:
    for provider in ("okta", "google"):
        tokens.generate(provider=provider, lifetime_days=365, actor=Actor.operator("tests"))
    ScimToken.objects.update(last_used_at=timezone.now(), last_used_address="203.0.113.250")
    for status in (200, 404):
        entry(status=status, occurred_at=timezone.now())
    window = visit("/admin/identity/user-provisioning/okta/", client=portal, language=language)
    window.set_viewport_size({"width": width, "height": 800})
    assert sideways(window) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_trail_shows_its_changes_without_scrolling(
    visit: Open, portal: Client, language: str
) -> None:
    person("Anneliese von der Höhe")
    window = visit("/audit/", client=portal, language=language)
    window.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    hidden = "wrap => wrap.scrollWidth - wrap.clientWidth"
    assert window.locator(".table-wrap").evaluate(hidden) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_attributes_fit_a_small_laptop(visit: Open, portal: Client, language: str) -> None:
    window = visit("/admin/system/attributes/", client=portal, language=language)
    window.set_viewport_size({"width": 1024, "height": 800})
    assert sideways(window) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_system_attributes_leave_room_for_what_they_stand_for(
    visit: Open, portal: Client, language: str
) -> None:
    window = visit("/admin/system/attributes/", client=portal, language=language)
    window.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    stands_for = window.locator("table.names td:nth-child(2)").first.bounding_box()
    assert sideways(window) == 0
    assert stands_for
    assert stands_for["width"] >= 150


def test_the_button_beside_a_name_stays_on_one_line_on_a_phone(visit: Open, portal: Client) -> None:
    window = visit("/admin/system/attributes/", client=portal)
    window.set_viewport_size({"width": 390, "height": 844})
    button = window.locator(".copy-field .button").bounding_box()
    assert button
    assert button["height"] < 45
