"""Admin > Configurations: forms, list, preview, and whom a configuration leaves empty."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.configurations import services
from scim_provisioning.configurations.drafts import Draft
from scim_provisioning.configurations.models import Configuration
from scim_provisioning.directory.services import deprovision_user
from scim_provisioning.settings.services import add_custom_attribute
from tests.portal.people import OKTA, person
from tests.portal.words import Page, markup, text

START = "/admin/configurations/"
OPERATOR = Actor.operator("tests")
NASTY = "<script>alert(1)</script> “50% off_” 🦊 שלום"
SECRET = "correct horse battery"
MOST_STATEMENTS = 5 + 2
"""A list page's five, and the two that say who is signed in."""

pytestmark = pytest.mark.django_db


def custom(name: str, *values: tuple[str, str]) -> Configuration:
    """Return a new configuration of pairs."""
    return services.create(kind="custom", draft=Draft(name, values), actor=OPERATOR)


def field_of(response: Page, name: str) -> str:
    """Return the markup of an input."""
    found = re.search(rf'<input [^>]*name="{name}"[^>]*>', markup(response))
    assert found, name
    return found[0]


def test_an_empty_list_says_what_configurations_are_for(portal: Client) -> None:
    page = portal.get(START)
    assert "No configurations yet." in text(page)
    assert 'aria-current="page"> <span>Configurations</span>' in markup(page)
    words = text(portal.get(f"{START}new/"))
    for kind in ("Wi-Fi", "E-mail", "VPN", "Custom"):
        assert kind in words


def test_a_wifi_is_added_and_its_password_never_shown(portal: Client) -> None:
    typed = {"name": NASTY, "ssid": "Corp", "identity": "${userUID}", "password": f" {SECRET} "}
    page = portal.post(f"{START}new/wifi/", typed, follow=True)
    made = Configuration.objects.get()
    assert page.redirect_chain == [(f"{START}{made.pk}/", 302)]
    assert "Password Set" in text(page)
    assert made.secrets == {"password": f" {SECRET} "}
    assert "<script>alert" not in markup(page)
    for address in ("", "edit/", "preview/", "users/", "delete/"):
        assert SECRET not in markup(portal.get(f"{START}{made.pk}/{address}"))
    assert SECRET not in markup(portal.get("/audit/"))
    event = Event.objects.get(type="configuration")
    assert (event.label, event.actor_kind) == ("Configuration Added", "administrator")


def test_variables_are_marked_and_stand_beside_the_form(portal: Client) -> None:
    add_custom_attribute(name="costCenter", actor=OPERATOR)
    page = portal.get(f"{START}new/wifi/")
    assert "data-variables" in field_of(page, "identity")
    assert "data-variables" not in field_of(page, "ssid")
    words = text(page)
    assert "${costCenter} Custom attribute" in words
    assert "${userUIDDomain} Username, the part after @" in words
    assert "${deviceSN}" not in words, "nobody has a value of it"


def test_a_refused_form_loses_nothing_but_the_password(portal: Client) -> None:
    typed = {"name": "N", "ssid": "x" * 33, "identity": "${usrUID}", "password": SECRET}
    page = portal.post(f"{START}new/wifi/", typed)
    assert page.status_code == 422
    words = text(page)
    assert "An SSID has at most 32 bytes" in words
    assert "There is no variable ${usrUID}. Did you mean ${userUID}?" in words
    assert "Type it again: it is never shown, not even here." in words
    assert SECRET not in markup(page)
    assert f'value="{"x" * 33}"' in field_of(page, "ssid")
    identity = field_of(page, "identity")
    assert 'value="${usrUID}"' in identity
    assert 'aria-invalid="true"' in identity
    assert 'aria-describedby="id_identity_error"' in identity
    assert 'id="id_identity_error"' in markup(page)
    assert not Configuration.objects.exists()


def test_a_password_stays_until_it_is_replaced_or_taken_away(portal: Client) -> None:
    draft = Draft("Office", (("ssid", "Corp"),), {"password": SECRET})
    made = services.create(kind="wifi", draft=draft, actor=OPERATOR)
    url, typed = f"{START}{made.pk}/edit/", {"name": "Office", "ssid": "Corp"}
    assert "A value is set, and never shown." in text(portal.get(url))
    page = portal.post(url, typed | {"password": ""}, follow=True)
    assert "Nothing was changed." in text(page)
    portal.post(url, typed | {"password": "other"})
    assert Configuration.objects.get().secrets == {"password": "other"}
    page = portal.post(url, typed | {"password": "", "remove-password": "on"}, follow=True)
    assert "Password Not set" in text(page)
    assert Configuration.objects.get().secrets == {}
    assert "remove-password" not in markup(portal.get(url))


def test_pairs_are_added_row_by_row_without_javascript(portal: Client) -> None:
    url = f"{START}new/custom/"
    assert 'name="rows" value="3"' in markup(portal.get(url))
    typed = {"name": "Keys", "rows": "3", "key-2": "who", "value-2": "${userUID}"}
    page = portal.post(url, typed | {"more": "yes"})
    assert page.status_code == 200
    assert 'name="rows" value="6"' in markup(page)
    assert 'value="${userUID}"' in field_of(page, "value-2")
    assert 'value="Keys"' in field_of(page, "name")
    portal.post(url, typed | {"rows": "6", "key-5": "b", "value-5": NASTY})
    made = Configuration.objects.get()
    assert made.values == [["who", "${userUID}"], ["b", NASTY]]
    page = portal.get(f"{START}{made.pk}/edit/")
    assert 'name="rows" value="5"' in markup(page)
    assert 'value="b"' in field_of(page, "key-1")


def test_a_wrong_pair_is_told_beside_it(portal: Client) -> None:
    typed = {"name": "Keys", "rows": "4", "key-3": "a", "value-3": "${", "value-1": "v"}
    page = portal.post(f"{START}new/custom/", typed)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in field_of(page, "value-3")
    assert 'aria-invalid="true"' in field_of(page, "key-1")
    assert 'aria-invalid="true"' not in field_of(page, "key-3")


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"rows": "-1"},
        {"rows": "99999999999999999999"},
        {"rows": "x", "more": "yes"},
        {"rows": "²"},
        {"name": "a\0", "rows": "1", "key-0": "\0"},
        {"name": "N", "rows": "50", "more": "1", "key-0": "k"},
        {"name": "x" * 10_000, "rows": "1", "key-0": "x" * 10_000, "value-0": "$" * 10_000},
        {"name": "N", "rows": "2", "key-0": "${" * 90, "value-0": "}" * 900},
    ],
)
@pytest.mark.parametrize("kind", ["custom", "wifi"])
def test_odd_input_is_no_crash(portal: Client, odd: dict[str, str], kind: str) -> None:
    assert portal.post(f"{START}new/{kind}/", odd).status_code in (200, 422)
    assert not Configuration.objects.exists()


def test_a_taken_name_is_told_beside_it(portal: Client) -> None:
    custom("Keys", ("a", "1"))
    page = portal.post(f"{START}new/custom/", {"name": "KEYS", "rows": "1", "key-0": "a"})
    assert "A configuration named “KEYS” already exists" in text(page)
    assert 'aria-invalid="true"' in field_of(page, "name")


def test_a_configuration_is_changed(portal: Client) -> None:
    made = custom("Keys", ("a", "1"))
    url = f"{START}{made.pk}/edit/"
    page = portal.post(url, {"name": "Keys 2", "rows": "1", "key-0": "b"}, follow=True)
    assert "Changes saved." in text(page)
    event = Event.objects.filter(type="configuration").first()
    assert event
    assert (event.label, event.subject_name) == ("Configuration Changed", "Keys 2")


def test_deleting_asks_first(portal: Client) -> None:
    made = custom(NASTY, ("a", "1"))
    url = f"{START}{made.pk}/delete/"
    assert "This cannot be undone." in text(portal.get(url))
    assert Configuration.objects.exists()
    page = portal.post(url, follow=True)
    assert "was deleted." in text(page)
    assert not Configuration.objects.exists()
    assert "already deleted" in text(portal.post(url, follow=True))


def test_the_list_is_searched_filtered_and_sorted(portal: Client) -> None:
    custom("Zed 50%", ("a", "${userUID}"))
    draft = Draft("Áccess", (("server", "vpn.ex.org"),))
    services.create(kind="vpn", draft=draft, actor=OPERATOR)

    def names(query: str) -> list[str]:
        return re.findall(r'class="strong"[^>]*><bdi>(.*?)<', markup(portal.get(START + query)))

    assert names("") == ["Zed 50%", "Áccess"]
    assert names("?sort=-name") == ["Áccess", "Zed 50%"]
    assert names("?q=%25") == ["Zed 50%"]
    assert names("?q=áCC") == ["Áccess"]
    assert names("?kind=vpn") == ["Áccess"]
    assert names("?q=%00&kind=tired&sort=secrets&page=-1")
    assert "Nothing matches these filters." in text(portal.get(f"{START}?q=nothing"))


def test_a_preview_is_found_by_searching_a_user(portal: Client) -> None:
    add_custom_attribute(name="tier", actor=OPERATOR)
    made = custom("Keys", ("who", "<${userUID}> $$"), ("tier", "${tier}"))
    ana = person("ana", given_name="Ána <b>", custom={"tier": "${userUID}"})
    bob, gone = person("bob"), person("gone")
    deprovision_user(user_id=gone.pk, actor=OKTA)
    url = f"{START}{made.pk}/preview/"
    assert "As written" not in text(portal.get(url))
    found = markup(portal.get(f"{url}?q=ANA"))
    assert f'href="{url}{ana.pk}/"' in found
    assert str(bob.pk) not in found
    assert "No user matches." in text(portal.get(f"{url}?q=gone"))
    page = portal.get(f"{url}{ana.pk}/")
    assert "&lt;ana@ex.org&gt; $ " in text(page)
    assert "tier ${tier} ${userUID}" in text(page), "values are not filled in again"
    assert "Empty for this user: ${tier}" in text(portal.get(f"{url}{bob.pk}/"))
    for nobody in (gone.pk, uuid4()):
        assert portal.get(f"{url}{nobody}/").status_code == 404
    for number in range(12):
        person(f"many{number}")
    assert "There are more" in text(portal.get(f"{url}{bob.pk}/?q=many"))


def test_the_users_whom_it_leaves_empty(portal: Client) -> None:
    made = custom("Keys", ("a", "${department} ${userFirstName}"))
    person("ana", department="Sales", given_name="Ana")
    person("bob", department="Sales")
    person("cyd", active=False)
    url = f"{START}{made.pk}/users/"
    words = text(portal.get(url))
    assert "Users with empty values 2" in words
    assert "ana@ex.org" not in words
    assert re.search(r"bob@ex.org .*? Active \$\{userFirstName\} C? ?cyd", words)
    assert "${department} ${userFirstName}" in words
    assert "bob@ex.org" not in text(portal.get(f"{url}?q=cyd"))
    none = custom("Plain", ("a", "1"))
    assert "Every user has a value" in text(portal.get(f"{START}{none.pk}/users/"))


def test_a_variable_that_nobody_can_have_is_warned_of(portal: Client) -> None:
    person("ana")
    made = custom("Keys", ("a", "${deviceSN}"))
    words = text(portal.get(f"{START}{made.pk}/"))
    assert "${deviceSN}: neither SCIM nor this portal knows a value" in words
    assert "ana@ex.org" in text(portal.get(f"{START}{made.pk}/users/"))


def test_the_pages_cost_the_same_however_many_there_are(
    portal: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    add_custom_attribute(name="tier", actor=OPERATOR)
    for number in range(30):
        custom(f"Keys {number:02}", ("a", "${tier}"))
        person(f"user{number:02}")
    made = Configuration.objects.get(name="Keys 00")
    addresses = ("", f"{made.pk}/", f"{made.pk}/users/?sort=-email", f"{made.pk}/preview/?q=user")
    for address in addresses:
        with django_assert_max_num_queries(MOST_STATEMENTS):
            assert portal.get(START + address).status_code == 200
    with django_assert_max_num_queries(MOST_STATEMENTS):
        assert "Keys 29" in text(portal.get("/admin/system/attributes/"))


def test_an_attribute_in_use_leads_to_what_uses_it(portal: Client) -> None:
    add_custom_attribute(name="tier", actor=OPERATOR)
    made = custom("Keys", ("a", "${tier}"))
    link = f'<a href="{START}{made.pk}/"><bdi>Keys</bdi></a>'
    for address in ("", "tier/delete/"):
        assert link in markup(portal.get(f"/admin/system/attributes/{address}"))
    assert portal.post("/admin/system/attributes/tier/delete/").status_code == 422


@pytest.mark.parametrize("path", ["new/fax/", "{}/", "{}/edit/", "{}/preview/", "{}/users/"])
def test_what_is_not_there_is_a_404_page(portal: Client, path: str) -> None:
    assert portal.get(START + path.format(uuid4())).status_code == 404


@pytest.mark.parametrize("path", ["", "new/", "new/wifi/", "{}/", "{}/edit/", "{}/users/"])
def test_nobody_sees_them_without_signing_in(client: Client, path: str) -> None:
    answer: Any = client.get(START + path.format(uuid4()))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
