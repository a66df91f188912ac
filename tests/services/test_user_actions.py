"""Actions on many users: who changes, who is skipped and why, what the trail says, the cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory import group_actions, user_actions
from scim_provisioning.directory.errors import (
    NotFound,
    OwnedByProvider,
    UnknownAttribute,
    UnknownGroup,
    ValueMissing,
)
from scim_provisioning.directory.models import Group, Membership, User, new_id
from scim_provisioning.directory.services import create_user, create_users, deprovision_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations import services as invitations
from scim_provisioning.invitations import wakeups
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.settings.services import add_custom_attribute

pytestmark = pytest.mark.django_db
ADMIN = Actor("administrator", "7", "ana")
OKTA = Actor.token("1", "scim_okta", "okta")
MANY = 1200


def local(name: str, **fields: Any) -> User:
    """Return a local user."""
    return create_user(state=UserState(user_name=name, **fields), actor=ADMIN)


def owned(name: str, **fields: Any) -> User:
    """Return a user of an identity provider."""
    return create_user(state=UserState(user_name=name, **fields), actor=OKTA, source="okta")


def left(name: str) -> User:
    """Return a deprovisioned user."""
    user = owned(name)
    deprovision_user(user_id=user.pk, actor=OKTA)
    return user


def many(count: int = MANY, **fields: Any) -> list[Any]:
    """Return the ids of many local users."""
    states = [UserState(user_name=f"u{number}@ex.org", **fields) for number in range(count)]
    return [user.pk for user in create_users(states=states, actor=ADMIN)]


def events_of(user: User) -> list[str]:
    """Return what the trail says of a user, oldest first, after the creation."""
    rows = Event.objects.filter(subject_id=str(user.pk)).order_by("id")
    return list(rows.values_list("event", flat=True))[1:]


@pytest.fixture
def attributes(db: None) -> None:
    """Register two custom attributes."""
    for name in ("badge", "costCenter"):
        add_custom_attribute(name=name, actor=ADMIN)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget when a worker was called last."""
    monkeypatch.setattr(wakeups, "_quiet_until", 0.0)


def test_only_local_users_are_disabled_and_enabled() -> None:
    ana, bob, cid, dan = local("ana"), local("bob", active=False), owned("cid"), left("dan")
    ids = [user.pk for user in (ana, bob, cid, dan)] + [new_id()]
    outcome = user_actions.disable_users(user_ids=ids, actor=ADMIN)
    assert outcome == {"": 1, "disabled": 1, "owned": 1, "left": 1, "gone": 1}
    assert [User.objects.get(pk=user.pk).active for user in (ana, bob, cid)] == [False, False, True]
    outcome = user_actions.enable_users(user_ids=ids, actor=ADMIN)
    assert outcome == {"": 2, "owned": 1, "left": 1, "gone": 1}
    assert events_of(ana) == ["user.disabled", "user.enabled"]
    assert events_of(bob) == ["user.enabled"]
    assert events_of(cid) == []
    changed = User.objects.get(pk=ana.pk)
    assert changed.version == ana.version + 2
    assert changed.modified_at > ana.modified_at
    event = Event.objects.filter(event="user.disabled").get()
    assert event.actor_name == "ana"
    assert event.changes == [{"attribute": "active", "before": True, "after": False}]


def test_who_is_disabled_is_not_written_to() -> None:
    ana = local("ana", emails=({"value": "ana@ex.org"},))
    bob = local("bob", emails=({"value": "bob@ex.org"},))
    invitations.invite_users_by_hand(user_ids=[ana.pk, bob.pk], actor=ADMIN)
    user_actions.disable_users(user_ids=[ana.pk], actor=ADMIN)
    assert Invitation.objects.get(user=ana).status == "cancelled"
    assert Invitation.objects.get(user=bob).status == "pending"
    assert events_of(ana) == ["invitation.requested", "user.disabled", "invitation.cancelled"]


def test_who_is_there_is_deprovisioned_and_who_has_left_goes_for_good() -> None:
    ana, cid, dan = local("ana", emails=({"value": "ana@ex.org"},)), owned("cid"), left("dan")
    group = Group.objects.create(display_name="Sales")
    Membership.objects.bulk_create(Membership(group=group, user=user) for user in (ana, cid))
    invitations.invite_users_by_hand(user_ids=[ana.pk], actor=ADMIN)
    ids = [user.pk for user in (ana, cid, dan)]
    outcome = user_actions.delete_users(user_ids=ids, actor=ADMIN)
    assert outcome == {"": 1, "owned": 1, "left": 1}
    kept = User.objects.order_by("user_name").values_list("user_name", "active")
    assert list(kept) == [("ana", False), ("cid", False)]
    assert not User.objects.filter(deprovisioned_at=None).exists()
    assert Invitation.objects.get().status == "cancelled"
    assert Membership.objects.count() == 0
    assert events_of(ana) == ["invitation.requested", "user.deleted", "invitation.cancelled"]
    assert events_of(cid) == ["user.deleted"]
    assert events_of(dan) == ["user.deleted", "user.erased"]
    create_user(state=UserState(user_name="ANA"), actor=ADMIN)


def test_one_who_has_left_is_deleted_for_good_and_nobody_else() -> None:
    ana, dan = local("ana"), left("dan")
    Invitation.objects.create(user=dan, due_at=timezone.now(), status="cancelled")
    user_actions.erase_user(user_id=dan.pk, actor=ADMIN)
    assert list(User.objects.all()) == [ana]
    assert events_of(dan) == ["user.deleted", "user.erased"]
    for user_id in (ana.pk, dan.pk, new_id()):
        with pytest.raises(NotFound):
            user_actions.erase_user(user_id=user_id, actor=ADMIN)


def test_an_attribute_is_assigned_to_local_users(attributes: None) -> None:
    ana, cid = local("ana", custom={"badge": "1"}), owned("cid")
    ids = [ana.pk, cid.pk, left("dan").pk]
    assigned = {"user_ids": ids, "name": "costCenter", "actor": ADMIN, "overwrite": False}
    outcome = user_actions.assign_custom_attribute(value="CC-7 Ä", **assigned)  # type: ignore[arg-type]
    assert outcome == {"": 1, "owned": 1, "left": 1}
    changed = User.objects.get(pk=ana.pk)
    assert changed.custom == {"badge": "1", "costCenter": "CC-7 Ä"}
    assert changed.custom_key == {"badge": "1", "costCenter": "cc-7 ä"}
    assert "cc-7 a" in changed.search_text
    assert changed.version == ana.version + 1
    event = Event.objects.get(event="user.updated")
    assert event.changes == [{"attribute": "costCenter", "before": None, "after": "CC-7 Ä"}]
    assert User.objects.get(pk=cid.pk).custom == {}


def test_a_value_that_is_there_stays_unless_it_is_to_be_overwritten(attributes: None) -> None:
    ana, bob = local("ana", custom={"badge": "1"}), local("bob", custom={"badge": "2"})
    ids = [ana.pk, bob.pk]
    kept = user_actions.assign_custom_attribute(
        user_ids=ids, name="badge", value="2", overwrite=False, actor=ADMIN
    )
    assert kept == {"kept": 1, "same": 1}
    assert Event.objects.filter(event="user.updated").count() == 0
    written = user_actions.assign_custom_attribute(
        user_ids=ids, name="badge", value="2", overwrite=True, actor=ADMIN
    )
    assert written == {"": 1, "same": 1}
    assert User.objects.get(pk=ana.pk).custom == {"badge": "2"}


def test_an_empty_value_and_an_unknown_attribute_are_refused(attributes: None) -> None:
    ana = local("ana")
    with pytest.raises(ValueMissing):
        user_actions.assign_custom_attribute(
            user_ids=[ana.pk], name="badge", value="  ", overwrite=True, actor=ADMIN
        )
    with pytest.raises(UnknownAttribute):
        user_actions.assign_custom_attribute(
            user_ids=[ana.pk], name="nonsense", value="x", overwrite=True, actor=ADMIN
        )
    with pytest.raises(UnknownAttribute):
        user_actions.remove_custom_attribute(user_ids=[ana.pk], name="nonsense", actor=ADMIN)


def test_an_attribute_is_removed_from_local_users(attributes: None) -> None:
    ana = local("ana", custom={"badge": "B-1", "costCenter": "CC"})
    bob, cid = local("bob"), owned("cid", custom={"badge": "B-2"})
    outcome = user_actions.remove_custom_attribute(
        user_ids=[ana.pk, bob.pk, cid.pk], name="badge", actor=ADMIN
    )
    assert outcome == {"": 1, "empty": 1, "owned": 1}
    changed = User.objects.get(pk=ana.pk)
    assert changed.custom == {"costCenter": "CC"}
    assert changed.custom_key == {"costCenter": "cc"}
    assert "b-1" not in changed.search_text
    event = Event.objects.get(event="user.updated")
    assert event.changes == [{"attribute": "badge", "before": "B-1", "after": None}]


def test_whoever_has_an_address_and_no_invitation_under_way_is_invited() -> None:
    mail = ({"value": "x@ex.org"},)
    ana, bob = local("ana", emails=mail), owned("bob", emails=mail)
    late, failed = local("late", emails=mail), local("failed", emails=mail)
    pending, done = local("pending", emails=mail), local("done", emails=mail)
    nobody, away = local("nobody"), local("away", emails=mail, active=False)
    long_ago = timezone.now() - timedelta(days=31)
    for user, status in (
        (late, "sent"),
        (failed, "failed"),
        (pending, "sent"),
        (done, "completed"),
    ):
        sent_at = timezone.now() if user == pending else long_ago
        Invitation.objects.create(
            user=user, status=status, sent_at=sent_at, created_at=long_ago, due_at=long_ago
        )
    ids = [user.pk for user in (ana, bob, late, failed, pending, done, nobody, away)]
    outcome = invitations.invite_users_by_hand(user_ids=ids, actor=ADMIN)
    assert outcome == {"": 4, "under_way": 1, "accepted": 1, "no_address": 1, "not_active": 1}
    invited = Invitation.objects.filter(status="pending")
    assert {row.user_id for row in invited} == {ana.pk, bob.pk, late.pk, failed.pk}
    assert all(row.due_at <= timezone.now() for row in invited)
    assert Invitation.objects.filter(user=late).order_by("created_at")[0].status == "expired"
    assert Event.objects.filter(event="invitation.requested", actor_name="ana").count() == 4
    again = invitations.invite_users_by_hand(user_ids=ids, actor=ADMIN)
    assert again[""] == 0


def test_the_trail_names_a_hundred_of_those_who_join_and_counts_the_rest() -> None:
    ids, sales = many(120), Group.objects.create(display_name="Sales")
    outcome = group_actions.assign_to_group(user_ids=ids, group_id=sales.pk, actor=ADMIN)
    assert outcome == {"": 120}
    event = Event.objects.get(event="group.updated")
    [change] = event.changes
    assert (len(change["after"]), change["after"][-1]) == (101, "+20")
    assert Group.objects.get().version == sales.version + 1


def test_a_group_that_is_gone_or_not_ours_takes_nobody() -> None:
    ana, pushed = local("ana"), Group.objects.create(display_name="Pushed", source="okta")
    Membership.objects.create(group=pushed, user=ana)
    for change in (group_actions.assign_to_group, group_actions.remove_from_group):
        with pytest.raises(UnknownGroup):
            change(user_ids=[ana.pk], group_id=new_id(), actor=ADMIN)
        with pytest.raises(OwnedByProvider):
            change(user_ids=[ana.pk], group_id=pushed.pk, actor=ADMIN)
    assert Membership.objects.count() == 1


def test_the_list_and_the_page_delete_a_local_user_alike() -> None:
    ana, bob = local("ana"), local("bob")
    user_actions.delete_users(user_ids=[ana.pk], actor=ADMIN)
    deprovision_user(user_id=bob.pk, actor=ADMIN)
    rows = User.objects.values("active", "version", "source", "emails", "custom")
    assert rows[0] == rows[1]
    assert events_of(ana) == events_of(bob) == ["user.deleted"]
    first, second = Event.objects.filter(event="user.deleted")
    assert first.changes == second.changes


@pytest.mark.parametrize(
    "action", ["disable", "delete", "assign", "remove", "invite", "join", "leave"]
)
def test_thousands_of_users_take_no_statement_each(attributes: None, action: str) -> None:
    ids = many(emails=({"value": "x@ex.org"},), custom={"badge": "1"})
    empty, full = (Group.objects.create(display_name=name) for name in ("empty", "full"))
    Membership.objects.bulk_create(Membership(group=full, user_id=user_id) for user_id in ids)
    calls: dict[str, Any] = {
        "disable": lambda: user_actions.disable_users(user_ids=ids, actor=ADMIN),
        "delete": lambda: user_actions.delete_users(user_ids=ids, actor=ADMIN),
        "assign": lambda: user_actions.assign_custom_attribute(
            user_ids=ids, name="badge", value="2", overwrite=True, actor=ADMIN
        ),
        "remove": lambda: user_actions.remove_custom_attribute(
            user_ids=ids, name="badge", actor=ADMIN
        ),
        "invite": lambda: invitations.invite_users_by_hand(user_ids=ids, actor=ADMIN),
        "join": lambda: group_actions.assign_to_group(user_ids=ids, group_id=empty.pk, actor=ADMIN),
        "leave": lambda: group_actions.remove_from_group(
            user_ids=ids, group_id=full.pk, actor=ADMIN
        ),
    }
    with CaptureQueriesContext(
        connection,
    ) as statements:
        assert calls[action]() == {"": MANY}
    batches = -(-MANY // 500)
    assert len(statements) <= 12 * batches
