"""Reminders, confirmations and expiry: what follows an invitation, through the same outbox."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.invite_status import with_invite_status
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user, deprovision_user, update_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations import (
    delivery,
    expiry,
    links,
    mails,
    outbox,
    reminders,
    services,
    tasks,
)
from scim_provisioning.invitations.errors import LinkExpired
from scim_provisioning.invitations.mail_templates.services import save as save_template
from scim_provisioning.invitations.mail_templates.wording import Wording
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.options.options import Options, Refused, current
from scim_provisioning.invitations.options.services import change
from tests.services.mail_server import MailServer
from tests.services.parallel import in_parallel

ANA = Actor("administrator", "7", "ana")
OKTA = Actor.token("1", "scim_okta", "okta")
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def set_options(**values: Any) -> None:
    """Set some settings as an administrator does."""
    change(options=replace(current(), **values), actor=ANA)


def sent(name: str = "jane", ago: timedelta = timedelta(), **columns: Any) -> Invitation:
    """Return an invitation of a new user that was sent some time ago."""
    address = f"{name}@example.org"
    state = UserState(user_name=address, display_name=name.title(), emails=({"value": address},))
    user = create_user(state=state, actor=OKTA, source="okta")
    moment = timezone.now() - ago
    row = {"due_at": moment, "sent_at": moment, "created_at": moment, "status": Invitation.SENT}
    return Invitation.objects.create(user=user, provider="okta", **(row | columns))


def passes(time: timedelta) -> None:
    """Let time pass for all invitations."""
    for row in Invitation.objects.all():
        moments: dict[str, datetime | None] = {"sent_at": row.sent_at and row.sent_at - time}
        moments["reminded_at"] = row.reminded_at and row.reminded_at - time
        moments["due_at"] = row.due_at - time
        Invitation.objects.filter(pk=row.pk).update(**moments)


def run() -> None:
    """Do what the clock does."""
    tasks.remind()
    delivery.deliver_due()


def events() -> list[str]:
    """Return the labels of the events about invitations, oldest first."""
    return [event.label for event in Event.objects.filter(type="invitation").order_by("id")]


def fresh(invitation: Invitation) -> Invitation:
    """Return an invitation as it is stored."""
    return Invitation.objects.get(pk=invitation.pk)


# Settings


def test_the_settings_are_audited_and_judged() -> None:
    assert current() == Options()
    assert change(options=Options(reminders=True, remind_most=30), actor=ANA)
    assert not change(options=Options(reminders=True, remind_most=30), actor=ANA)
    event = Event.objects.get()
    assert event.label == "Invitation Settings Changed"
    assert {change["attribute"] for change in event.changes} == {"reminders", "remind_most"}
    with pytest.raises(Refused) as refused:
        change(
            options=Options(
                remind_most=31,
                remind_after=0,
                mails_per_minute=-1,
                enrolment_url="javascript:alert(1)",
                from_address="jané@example.org",
                from_name="a\nb",
            ),
            actor=ANA,
        )
    assert set(refused.value.reasons) == {
        "remind_most",
        "remind_after",
        "mails_per_minute",
        "enrolment_url",
        "from_address",
        "from_name",
    }


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_leave_one_row() -> None:
    works = [partial(change, options=Options(remind_most=n), actor=ANA) for n in (4, 5)]
    assert not [one for one in in_parallel(works) if isinstance(one, Exception)]
    assert current().remind_most in (4, 5)


# Reminders


def test_reminders_are_off_by_default(server: MailServer) -> None:
    sent(ago=20 * DAY)
    run()
    assert server.mails == []


def test_reminders_begin_repeat_and_end_as_set(server: MailServer) -> None:
    set_options(reminders=True, remind_after=3, remind_every=2, remind_most=2)
    invitation = sent()
    days = []
    for day in range(1, 12):
        passes(DAY)
        before = len(server.mails)
        run()
        run()
        days += [day] * (len(server.mails) - before)
    assert days == [3, 5]
    first, second = server.mails
    assert first["Subject"].startswith("Reminder: You are invited")
    ids = [str(mail["Message-ID"]).strip() for mail in server.mails]
    assert ids == [f"<invitation.{invitation.id}.reminder.{n}@localhost>" for n in (1, 2)]
    row = fresh(invitation)
    assert (row.status, row.reminders, row.follow_up) == ("sent", 2, "")
    assert row.sent_at, "the invitation is open as long as it was"
    assert events() == ["Invitation Reminder Sent"] * 2


def test_a_new_invitation_begins_anew(server: MailServer) -> None:
    set_options(reminders=True, remind_after=1, remind_most=1)
    old = sent(ago=31 * DAY, reminders=1)
    new = services.invite_by_hand(user_id=old.user_id, actor=ANA)
    delivery.deliver_due()
    passes(2 * DAY)
    run()
    assert [mail["Subject"][:8] for mail in server.mails] == ["You are ", "Reminder"]
    assert fresh(new).reminders == 1
    assert fresh(old).status == "expired"


def test_the_settings_of_the_moment_count_for_invitations_under_way(server: MailServer) -> None:
    sent(ago=5 * DAY)
    set_options(reminders=True, remind_after=5)
    reminders.put_into_the_outbox()
    set_options(reminders=False)
    delivery.deliver_due()
    assert server.mails == []
    assert not outbox.is_due()


@pytest.mark.parametrize("state", ["completed", "expired", "disabled", "deleted", "no address"])
def test_nobody_is_reminded_who_should_not_be(server: MailServer, state: str) -> None:
    set_options(reminders=True, remind_after=1)
    invitation = sent(ago=31 * DAY if state == "expired" else 2 * DAY)
    for late in (False, True):
        if late:
            # It happens after the reminder was put into the outbox.
            Invitation.objects.update(follow_up="reminder", due_at=timezone.now())
        elif state == "completed":
            Invitation.objects.update(status="completed")
        elif state == "disabled":
            update_user(
                user_id=invitation.user_id, edit=lambda s: replace(s, active=False), actor=OKTA
            )
        elif state == "deleted":
            deprovision_user(user_id=invitation.user_id, actor=OKTA)
        elif state == "no address":
            update_user(
                user_id=invitation.user_id, edit=lambda s: replace(s, emails=()), actor=OKTA
            )
        run()
    assert server.mails == []
    assert not outbox.is_due()


def test_a_reminder_is_tried_again_and_may_fail_for_good(server: MailServer) -> None:
    set_options(reminders=True, remind_after=1, remind_every=3)
    server.answers["jane@example.org"] = ["451 Later", "550 No such user"]
    invitation = sent(ago=2 * DAY)
    run()
    row = fresh(invitation)
    assert (row.follow_up, row.failure, row.attempts) == ("reminder", "451 Later", 1)
    Invitation.objects.update(due_at=timezone.now())
    run()
    row = fresh(invitation)
    assert (row.status, row.follow_up, row.reminders) == ("sent", "", 1)
    assert row.failure == "550 No such user"
    assert events() == ["Invitation Reminder Failed"]
    run()
    passes(3 * DAY)
    run()
    assert fresh(invitation).reminders == 2
    assert len(server.mails) == 1


def test_a_killed_worker_repeats_a_reminder_with_the_same_message_id(server: MailServer) -> None:
    set_options(reminders=True, remind_after=1)
    sent(ago=2 * DAY)
    reminders.put_into_the_outbox()
    claimed = outbox.claim()
    assert claimed
    first = mails.compose(claimed)
    Invitation.objects.update(due_at=timezone.now())
    again = outbox.claim()
    assert again
    assert mails.compose(again).extra_headers["Message-ID"] == first.extra_headers["Message-ID"]
    outbox.mark_sent(claimed)
    assert fresh(claimed).follow_up == "reminder", "the row belongs to who claimed it last"


@pytest.mark.django_db(transaction=True)
def test_many_clocks_remind_once(server: MailServer) -> None:
    set_options(reminders=True, remind_after=1)
    for number in range(12):
        sent(f"user{number:02}", ago=2 * DAY)
    in_parallel([run] * 4)
    run()
    assert server.recipients == [f"user{number:02}@example.org" for number in range(12)]


@pytest.mark.django_db(transaction=True)
def test_accepting_while_reminders_are_put_loses_nothing(server: MailServer) -> None:
    set_options(reminders=True, remind_after=1, confirms=True)
    rows = [sent(f"user{number}", ago=2 * DAY) for number in range(6)]
    tokens = [links.link_to(row).rstrip("/").rpartition("/")[2] for row in rows]
    works = [lambda token=token: services.complete(token=token) for token in tokens]
    outcomes = in_parallel([*works, reminders.put_into_the_outbox])
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert set(Invitation.objects.values_list("status", "follow_up")) == {
        ("completed", "confirmation")
    }


# Confirmation


def accept(invitation: Invitation) -> None:
    """Accept an invitation as its person does."""
    services.complete(token=links.link_to(invitation).rstrip("/").rpartition("/")[2])


def test_accepting_is_confirmed_where_the_settings_say_so(server: MailServer) -> None:
    silent = sent("silent")
    accept(silent)
    delivery.deliver_due()
    assert server.mails == []
    set_options(confirms=True)
    template = Wording("Done, ${userDisplayName}", "<p>${clusterRegistrationUrl}</p>\n")
    set_options(enrolment_url="https://enroll.example.org/go")
    save_template(kind="confirmation", language="en", wording=template, actor=ANA)
    invitation = sent()
    accept(invitation)
    accept(invitation)
    delivery.deliver_due()
    [mail] = server.mails
    assert mail["Subject"] == "Done, Jane"
    assert str(mail["Message-ID"]).strip() == f"<invitation.{invitation.id}.confirmation@localhost>"
    plain = mail.get_body(("plain",))
    assert plain and "https://enroll.example.org/go" in plain.get_content()
    row = fresh(invitation)
    assert (row.status, row.follow_up) == ("completed", "")
    assert events() == [
        "Invitation Completed",
        "Invitation Completed",
        "Registration Confirmation Sent",
    ]


def test_a_confirmation_that_is_refused_leaves_the_invitation_completed(server: MailServer) -> None:
    set_options(confirms=True)
    server.answers["jane@example.org"] = ["550 No"]
    invitation = sent()
    accept(invitation)
    delivery.deliver_due()
    row = fresh(invitation)
    assert (row.status, row.follow_up, row.failure) == ("completed", "", "550 No")
    assert events()[-1] == "Registration Confirmation Failed"


# Expiry


def test_late_invitations_expire_with_an_event_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "BATCH", 2)
    late = [sent(f"late{number}", ago=31 * DAY) for number in range(5)]
    open_one = sent("open", ago=29 * DAY)
    before = dict(with_invite_status(User.objects.all()).values_list("pk", "invite_status"))
    assert expiry.expire_late() == 5
    assert expiry.expire_late() == 0
    after = dict(with_invite_status(User.objects.all()).values_list("pk", "invite_status"))
    assert before == after, "the pages knew it before"
    assert {fresh(row).status for row in late} == {"expired"}
    assert fresh(open_one).status == "sent"
    assert events() == ["Invitation Expired"] * 5
    assert {event.actor_kind for event in Event.objects.filter(type="invitation")} == {"system"}


def test_expiring_costs_the_same_for_one_and_for_many() -> None:
    counts = []
    for size in (1, 30):
        for number in range(size):
            sent(f"user{size}-{number}", ago=31 * DAY)
        with CaptureQueriesContext(connection) as captured:
            expiry.expire_late()
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_many_clocks_expire_once() -> None:
    for number in range(10):
        sent(f"user{number}", ago=31 * DAY)
    outcomes = in_parallel([expiry.expire_late] * 4)
    expiry.expire_late()
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert events() == ["Invitation Expired"] * 10


def test_a_link_ends_with_its_invitation_however_late_the_reminder() -> None:
    invitation = sent(ago=31 * DAY)
    with pytest.raises(LinkExpired):
        accept(invitation)
    expiry.expire_late()
    with pytest.raises(LinkExpired):
        accept(invitation)
