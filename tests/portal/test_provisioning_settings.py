"""Edit Settings: the switch, the custom attributes, and errors beside their field."""

import re

import pytest
from django.test import Client

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.settings import selectors, services
from scim_provisioning.settings.models import CustomAttribute
from tests.portal.words import Page, markup, text

OKTA = "/admin/identity/user-provisioning/okta/"
SETTINGS = f"{OKTA}settings/"
OPERATOR = Actor.operator("tests")

pytestmark = pytest.mark.django_db


def field_of(response: Page) -> str:
    """Return the markup of the name's input."""
    found = re.search(r'<input id="id_name"[^>]*>', markup(response))
    assert found
    return found[0]


def test_the_page_shows_switch_and_table(portal: Client) -> None:
    services.add_custom_attribute(name="costCenter", actor=OPERATOR)
    page = portal.get(SETTINGS)
    words = text(page)
    assert "Automatically invite users imported from Okta" in words
    for label in ("Custom Attributes", "Attribute Name", "Attribute Type", "Save Changes"):
        assert label in words
    assert "costCenter ${costCenter} IDP" in words
    assert 'name="auto_invite" aria' in markup(page)


def test_the_switch_is_saved_and_audited(portal: Client) -> None:
    page = portal.post(SETTINGS, {"auto_invite": "on", "name": ""}, follow=True)
    assert "Changes saved." in text(page)
    assert 'name="auto_invite" checked' in markup(page)
    assert selectors.auto_invite("okta")
    assert not selectors.auto_invite("entra")
    event = Event.objects.get(category="user_setting")
    assert (event.actor_kind, event.provider) == ("administrator", "okta")
    portal.post(SETTINGS, {"name": ""})
    assert not selectors.auto_invite("okta")


def test_saving_nothing_says_so(portal: Client) -> None:
    assert "Nothing was changed." in text(portal.post(SETTINGS, {"name": ""}, follow=True))
    assert not Event.objects.filter(category="user_setting").exists()


def test_an_attribute_is_added(portal: Client) -> None:
    page = portal.post(SETTINGS, {"name": "costCenter"}, follow=True)
    assert "Custom attribute “costCenter” was added. Use it as ${costCenter}." in text(page)
    assert "${costCenter}" in text(portal.get(OKTA))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("cost center", "Start with a letter"),
        ("1st", "Start with a letter"),
        ("a" * 65, "Start with a letter"),
        ("TIER", "already exists"),
        ("department", "built-in variable"),
        ('"><script>alert(1)</script>', "Start with a letter"),
    ],
)
def test_a_refused_name_stays_in_its_field_with_the_reason(
    portal: Client, name: str, reason: str
) -> None:
    services.add_custom_attribute(name="tier", actor=OPERATOR)
    page = portal.post(SETTINGS, {"auto_invite": "on", "name": name})
    field = field_of(page)
    assert page.status_code == 422
    assert reason in text(page)
    assert 'aria-invalid="true" autofocus' in field
    assert 'aria-describedby="name-hint name-error"' in field
    assert "<script>alert" not in markup(page)
    assert 'name="auto_invite" checked' in markup(page), "the switch is kept as it was set"
    assert not selectors.auto_invite("okta"), "all or nothing"
    assert CustomAttribute.objects.count() == 1


def test_the_hundred_and_first_is_refused(portal: Client) -> None:
    CustomAttribute.objects.bulk_create(CustomAttribute(name=f"a{n}") for n in range(100))
    page = portal.post(SETTINGS, {"name": "one_more"})
    assert "at most 100 custom attributes" in text(page)
    assert 'value="one_more"' in field_of(page)


def test_a_null_character_is_no_crash(portal: Client) -> None:
    assert portal.post(SETTINGS, {"name": "a\x00b"}).status_code == 422


def test_deleting_tells_first_how_many_users_have_a_value(portal: Client) -> None:
    services.add_custom_attribute(name="tier", actor=OPERATOR)
    for name in ("a@example.org", "b@example.org"):
        create_user(state=UserState(user_name=name, custom={"tier": "gold"}), actor=OPERATOR)
    url = f"{SETTINGS}attributes/tier/delete/"
    assert "2 users have a value" in text(portal.get(url))
    assert CustomAttribute.objects.exists()
    page = portal.post(url, follow=True)
    assert "“tier” was deleted. 2 users lost a value." in text(page)
    assert not CustomAttribute.objects.exists()
    assert [user.custom for user in User.objects.all()] == [{}, {}]


def test_deleting_what_another_administrator_deleted_is_a_calm_sentence(portal: Client) -> None:
    url = f"{SETTINGS}attributes/tier/delete/"
    for page in (portal.get(url, follow=True), portal.post(url, follow=True)):
        assert page.status_code == 200
        assert "no custom attribute named “tier” any more" in text(page)


def test_an_unknown_idp_has_no_settings(portal: Client) -> None:
    assert portal.get("/admin/identity/user-provisioning/nobody/settings/").status_code == 404
