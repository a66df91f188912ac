"""Values of a deleted custom attribute: unseen at once, gone some users at a time (decision 12)."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from mdm_portal import jobs
from mdm_portal.transfer.export import directory_rows
from scim_provisioning.directory import services as directory
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user, set_custom_values
from scim_provisioning.directory.state import UserState
from scim_provisioning.settings import deleted_values, services
from scim_provisioning.settings.models import CustomAttribute, DeletedAttribute
from scim_provisioning.settings.registry import forget
from scim_provisioning.settings.services import CustomAttributeError
from tests.scim.conftest import connect
from tests.services.parallel import in_parallel

ANA = Actor("administrator", "7", "ana")
JOB = "forget-deleted-attributes"
TIER = {"tier": "gold 🥇", "costCenter": "CC-7"}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an administrator wait for the values of a single user."""
    monkeypatch.setattr(directory, "BATCH", 1)
    monkeypatch.setattr(deleted_values, "PATIENCE", timedelta(0))


def tiered(count: int) -> list[UUID]:
    """Return users who have values of two attributes."""
    for name in TIER:
        services.add_custom_attribute(name=name, actor=ANA)
    states = [UserState(user_name=f"{at}@example.org", custom=TIER) for at in range(count)]
    return [create_user(state=state, actor=ANA, source="okta").id for state in states]


def delete(name: str = "tier") -> int:
    """Delete an attribute; return how many users had a value."""
    return services.delete_custom_attribute(name=name, actor=ANA)


def with_tier() -> int:
    """Return how many users have a value in their row, whether anybody sees it or not."""
    return User.objects.filter(custom__has_key="tier").count()


def past() -> None:
    """Let the time go by in which a request may yet know a deleted attribute."""
    early = timezone.now() - deleted_values.SETTLED
    DeletedAttribute.objects.update(deleted_at=early)


@pytest.mark.django_db
def test_what_an_administrator_does_not_wait_for_is_housekeeping(impatient: None) -> None:
    tiered(3)
    assert (delete(), with_tier()) == (3, 2)
    assert Event.objects.filter(event="custom_attribute.deleted").count() == 1
    assert (jobs.run(JOB).count, with_tier()) == (0, 0)
    assert [user.custom for user in User.objects.all()] == [{"costCenter": "CC-7"}] * 3
    assert not User.objects.filter(search_text__contains="gold").exists()
    past()
    assert [jobs.run(JOB).count for _run in range(2)] == [1, 0]
    assert not DeletedAttribute.objects.exists()


@pytest.mark.django_db
def test_values_that_are_yet_to_go_are_seen_nowhere(impatient: None) -> None:
    okta = connect("okta")
    *_others, last = tiered(3)
    delete()
    assert with_tier() == 2
    one, page = okta.get(f"/Users/{last}").json(), okta.get("/Users").json()
    extension = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
    kept = {"costCenter": "CC-7"}
    assert [one[extension], *(user[extension] for user in page["Resources"])] == [kept] * 4
    lines = [values["custom"] for kind, values in directory_rows() if kind == "user"]
    assert lines == [kept] * 3


@pytest.mark.django_db
def test_a_user_who_is_written_loses_the_value_at_once(impatient: None) -> None:
    okta = connect("okta")
    *_others, last = tiered(3)
    delete()
    change = {"op": "replace", "value": {"displayName": "Zoë"}}
    schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
    answer = okta.patch(f"/Users/{last}", {"schemas": [schema], "Operations": [change]})
    assert answer.status_code == 200
    assert User.objects.get(id=last).custom == {"costCenter": "CC-7"}
    assert jobs.run(JOB).count == 0
    assert with_tier() == 0


@pytest.mark.django_db(transaction=True)
def test_others_write_users_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    tiered(3)
    seen = []

    def watched(users: list[User], name: str, value: str | None) -> None:
        seen.extend(in_parallel([with_tier]))
        set_custom_values(users, name, value)

    monkeypatch.setattr(directory, "BATCH", 1)
    monkeypatch.setattr(directory, "set_custom_values", watched)
    assert delete() == 3
    assert seen == [3, 2, 1, 0]


@pytest.mark.django_db
def test_a_value_from_a_request_that_knew_the_attribute_goes_too() -> None:
    tiered(1)
    delete()
    late = UserState(user_name="late@example.org", custom=TIER)
    create_user(state=late, actor=ANA, source="okta")
    assert with_tier() == 1
    jobs.run(JOB)
    assert with_tier() == 0


@pytest.mark.django_db
def test_a_name_is_free_again_when_its_values_are_gone(impatient: None) -> None:
    tiered(3)
    delete()
    with pytest.raises(CustomAttributeError, match="“TIER” was deleted, and its values are still"):
        services.add_custom_attribute(name="TIER", actor=ANA)
    jobs.run(JOB)
    services.add_custom_attribute(name="TIER", actor=ANA)
    assert not DeletedAttribute.objects.exists()


@pytest.mark.django_db
def test_a_name_that_is_wanted_at_once_is_free_at_once() -> None:
    (ana,) = tiered(1)
    delete()
    services.add_custom_attribute(name="tier", actor=ANA)
    assert User.objects.get(id=ana).custom == {"costCenter": "CC-7"}


@pytest.mark.django_db(transaction=True)
def test_new_values_stay_though_old_ones_were_on_their_way_out(
    impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_others, last = tiered(4)
    delete()
    forget_some = deleted_values._forget_some

    def registered_again_between(deleted: DeletedAttribute, after: UUID) -> list[User]:
        batch = forget_some(deleted, after)
        monkeypatch.setattr(deleted_values, "_forget_some", forget_some)
        monkeypatch.setattr(deleted_values, "PATIENCE", timedelta(minutes=1))
        again = partial(services.add_custom_attribute, name="tier", actor=ANA)
        assert isinstance(in_parallel([again])[0], CustomAttribute)
        set_custom_values([User.objects.get(id=last)], "tier", "new")
        return batch

    monkeypatch.setattr(deleted_values, "_forget_some", registered_again_between)
    jobs.run(JOB)
    assert User.objects.get(id=last).custom["tier"] == "new"


@pytest.mark.django_db(transaction=True)
def test_a_name_is_refused_whose_attribute_is_deleted_at_the_same_moment(
    impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiered(3)
    check_room = services._check_room

    def deleted_meanwhile() -> None:
        check_room()
        assert in_parallel([delete]) == [3]

    monkeypatch.setattr(services, "_check_room", deleted_meanwhile)
    with pytest.raises(CustomAttributeError, match="still being removed"):
        services.add_custom_attribute(name="tier", actor=ANA)
    forget()
    assert list(CustomAttribute.objects.values_list("name", flat=True)) == ["costCenter"]
