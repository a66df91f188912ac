"""Admin > System > Attributes: the custom ones with what depends on them, and the built-in ones."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.models import User
from scim_provisioning.settings import services
from scim_provisioning.settings.models import CustomAttribute
from scim_provisioning.settings.uses import Use, uses_asked
from scim_provisioning.settings.variables import BUILT_IN
from tests.portal.people import person
from tests.portal.words import markup, text

PAGE = "/admin/system/attributes/"
OPERATOR = Actor.operator("tests")

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(db: None) -> Iterator[str]:
    """Register an attribute that something with a nasty name uses."""
    services.add_custom_attribute(name="tier", actor=OPERATOR)

    def tell(names: Any, **_others: Any) -> dict[str, list[Use]]:
        return {name: [Use("<b>Wi-Fi</b>", "/somewhere/")] for name in names if name == "tier"}

    uses_asked.connect(tell)
    yield "tier"
    uses_asked.disconnect(tell)


def test_the_custom_attributes_with_their_users_and_uses(portal: Client, used: str) -> None:
    services.add_custom_attribute(name="costCenter", actor=OPERATOR)
    for number in range(3):
        person(f"user{number}", custom={"costCenter": "CC-7"} if number else {})
    page = portal.get(PAGE)
    words = text(page)
    assert "Custom Attributes Admin Added 2 of 100" in words
    assert "costCenter IDP ${costCenter} 2 – Delete costCenter" in words
    assert "tier IDP ${tier} 0 &lt;b&gt;Wi-Fi&lt;/b&gt; Delete tier" in words
    assert 'aria-current="page"> <span>Attributes</span>' in markup(page)


def test_the_built_in_variables_with_what_they_stand_for(portal: Client) -> None:
    words = text(portal.get(PAGE))
    assert f"System Attributes {len(BUILT_IN)}" in words
    assert all(f"${{{name}}}" in words for name in BUILT_IN)
    assert "userUIDDomain Username, the part after @ User ${userUIDDomain} Filled" in words
    assert "deviceSN Serial number Device ${deviceSN} Always empty here" in words


def test_an_attribute_is_added(portal: Client) -> None:
    page = portal.post(PAGE, {"name": " costCenter "}, follow=True)
    assert "Custom attribute “costCenter” was added. Use it as ${costCenter}." in text(page)
    assert Event.objects.get(type="attribute").actor_kind == "administrator"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "This field is required."),
        ("cost center", "Start with a letter"),
        ("TIER", "already exists"),
        ("useruid", "built-in variable"),
        ("a\x00b", "Null characters are not allowed."),
        ('"><script>alert(1)</script>', "Start with a letter"),
        ("x" * 5000, "500 characters"),
    ],
)
def test_a_refused_name_stays_in_its_field_with_the_reason(
    portal: Client, name: str, reason: str
) -> None:
    services.add_custom_attribute(name="tier", actor=OPERATOR)
    page = portal.post(PAGE, {"name": name})
    assert page.status_code == 422
    assert reason in text(page)
    field = re.search(r'<input id="id_name"[^>]*>', markup(page))
    assert field
    assert 'aria-describedby="name-hint name-error" aria-invalid="true"' in field[0]
    assert "<script>alert" not in markup(page)
    assert CustomAttribute.objects.count() == 1


def test_deleting_asks_first_and_takes_the_values_along(portal: Client) -> None:
    services.add_custom_attribute(name="costCenter", actor=OPERATOR)
    person("ana", custom={"costCenter": "CC-7"})
    question = portal.get(f"{PAGE}costcenter/delete/")
    assert "1 user has a value of this attribute." in text(question)
    assert f'<a class="button" href="{PAGE}">Cancel' in markup(question)
    assert CustomAttribute.objects.exists()
    page = portal.post(f"{PAGE}costcenter/delete/", follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert "Custom attribute “costCenter” was deleted. 1 user lost a value." in text(page)
    assert User.objects.get().custom == {}


@pytest.mark.parametrize("start", [PAGE, "/admin/identity/user-provisioning/okta/settings/"])
def test_what_is_used_cannot_be_deleted(portal: Client, used: str, start: str) -> None:
    middle = "" if start == PAGE else "attributes/"
    url = f"{start}{middle}tier/delete/"
    question, answer = portal.get(url), portal.post(url)
    assert (question.status_code, answer.status_code) == (200, 422)
    for page in (question, answer):
        assert "cannot be deleted while these configurations use it" in text(page)
        assert '<a href="/somewhere/"><bdi>&lt;b&gt;Wi-Fi' in markup(page)
        assert 'class="button danger"' not in markup(page)
        assert f'href="{start}"' in markup(page)
    assert CustomAttribute.objects.exists()
    with pytest.raises(services.AttributeInUse, match="while these use it: <b>Wi-Fi</b>"):
        services.delete_custom_attribute(name="TIER", actor=OPERATOR)


def test_what_is_gone_is_a_calm_sentence(portal: Client) -> None:
    url = f"{PAGE}tier/delete/"
    for page in (portal.get(url, follow=True), portal.post(url, follow=True)):
        assert "no custom attribute named “tier” any more" in text(page)
    assert portal.get(f"{PAGE}no such name/delete/").status_code == 404


def test_the_page_costs_the_same_however_many_there_are(
    portal: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    CustomAttribute.objects.bulk_create(CustomAttribute(name=f"a{n}") for n in range(100))
    for number in range(20):
        person(f"user{number}", custom={f"a{number}": "x", "a99": "y"})
    # Each room that may use an attribute is asked once: configurations, mail templates.
    with django_assert_max_num_queries(4 + 2):
        assert "a99 IDP ${a99} 20" in text(portal.get(PAGE))


def test_nobody_sees_it_without_signing_in(client: Client, db: None) -> None:
    assert client.get(PAGE)["Location"] == f"/sign-in/?next={PAGE}"
