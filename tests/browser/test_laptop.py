"""On a laptop of 1280 pixels the widest tables show their last column, in each language."""

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_used_token_fits_beside_its_menu(visit: Open, portal: Client, language: str) -> None:
    for provider in ("okta", "google"):
        tokens.generate(provider=provider, lifetime_days=365, actor=Actor.operator("tests"))
    ScimToken.objects.update(last_used_at=timezone.now(), last_used_address="203.0.113.250")
    for status in (200, 404):
        entry(status=status, occurred_at=timezone.now())
    window = visit("/admin/identity/user-provisioning/okta/", client=portal, language=language)
    window.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
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
