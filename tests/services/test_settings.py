"""Settings of an IdP and the registry of custom attributes."""

from functools import partial

import pytest

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.attribute_counts import users_by_attribute
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.settings import selectors, services
from scim_provisioning.settings.models import CustomAttribute
from scim_provisioning.settings.registry import custom_attribute_names
from scim_provisioning.settings.services import CustomAttributeError
from tests.services.parallel import in_parallel

ANA = Actor("administrator", "7", "ana")


def add(name: str) -> CustomAttribute:
    """Return a newly registered attribute."""
    return services.add_custom_attribute(name=name, actor=ANA)


@pytest.mark.django_db
def test_the_switch_is_off_until_set_and_each_idp_has_its_own() -> None:
    assert not selectors.auto_invite("okta")
    assert services.set_auto_invite(provider="okta", enabled=True, actor=ANA)
    assert selectors.auto_invite("okta")
    assert not selectors.auto_invite("entra")
    event = Event.objects.get()
    assert event.label == "Provisioning Settings Changed"
    assert event.details == "Okta"
    assert event.changes == [{"attribute": "autoInvite", "before": False, "after": True}]


@pytest.mark.django_db
def test_saving_the_same_switch_leaves_no_event() -> None:
    assert not services.set_auto_invite(provider="okta", enabled=False, actor=ANA)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_an_attribute_is_registered_at_once() -> None:
    attribute = add(" costCenter ")
    assert attribute.name == "costCenter"
    assert attribute.variable == "${costCenter}"
    assert attribute.created_by == "ana"
    assert custom_attribute_names() == ("costCenter",)
    assert Event.objects.get().label == "Custom Attribute Added"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["", "1st", "_x", "cost center", "cost-center", "größe", "a" * 65, "${x}", "x\x00y", "x\n"],
)
def test_a_bad_name_is_refused(name: str) -> None:
    if name == "x\n":
        assert add(name).name == "x"
        return
    with pytest.raises(CustomAttributeError, match="Start with a letter"):
        add(name)
    assert not CustomAttribute.objects.exists()


@pytest.mark.django_db
def test_a_name_is_taken_in_any_letter_case() -> None:
    add("costCenter")
    with pytest.raises(CustomAttributeError, match="already exists"):
        add("COSTCENTER")
    assert Event.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["department", "USERUID", "samAccountName"])
def test_a_built_in_variable_is_no_name(name: str) -> None:
    with pytest.raises(CustomAttributeError, match="built-in variable"):
        add(name)


@pytest.mark.django_db
def test_there_are_a_hundred_at_most() -> None:
    rows = [CustomAttribute(name=f"a{number}") for number in range(100)]
    CustomAttribute.objects.bulk_create(rows)
    with pytest.raises(CustomAttributeError, match="at most 100"):
        add("one_more")


@pytest.mark.django_db(transaction=True)
def test_two_who_add_one_name_at_once_register_it_once() -> None:
    names = ["tier", "Tier", "TIER", "tieR"]
    outcomes = in_parallel([partial(add, name) for name in names])
    added = [outcome for outcome in outcomes if isinstance(outcome, CustomAttribute)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, CustomAttributeError)]
    assert (len(added), len(refused)) == (1, 3)
    assert CustomAttribute.objects.count() == 1


@pytest.mark.django_db
def test_deleting_takes_the_values_along_and_counts_them() -> None:
    add("costCenter")
    add("tier")
    for name in ("a@example.org", "b@example.org"):
        custom = {"costCenter": "CC-7", "tier": "gold"}
        create_user(state=UserState(user_name=name, custom=custom), actor=ANA, source="okta")
    assert users_by_attribute() == {"costCenter": 2, "tier": 2}
    assert services.delete_custom_attribute(name="COSTCENTER", actor=ANA) == 2
    assert [user.custom for user in User.objects.all()] == [{"tier": "gold"}] * 2
    assert users_by_attribute() == {"costCenter": 0, "tier": 2}
    assert custom_attribute_names() == ("tier",)
    event = Event.objects.first()
    assert event
    assert event.label == "Custom Attribute Deleted"


@pytest.mark.django_db
def test_deleting_what_is_gone_is_a_calm_sentence() -> None:
    with pytest.raises(CustomAttributeError, match="no custom attribute"):
        services.delete_custom_attribute(name="costCenter", actor=ANA)
    assert not Event.objects.exists()
