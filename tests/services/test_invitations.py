"""Automatic invitations: who gets one, and the way of a mail to a real SMTP server."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from mdm_portal.celery import app
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user, deprovision_user, update_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations import delivery, mails, outbox, services, wakeups
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.post import Post
from scim_provisioning.invitations.selectors import invite_status
from scim_provisioning.settings import switches
from scim_provisioning.settings.services import set_auto_invite
from tests.services import celery_worker
from tests.services.mail_server import MailServer
from tests.services.parallel import in_parallel

ANA = Actor("administrator", "7", "ana")
OKTA = Actor.token("1", "scim_okta", "okta")
ENTRA = Actor.token("2", "scim_entra", "entra")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what the process remembers: the switches, and when it last called a worker."""
    monkeypatch.setattr(wakeups, "_quiet_until", 0.0)
    switches.forget()
    yield
    switches.forget()


@pytest.fixture
def invites(db: None) -> None:
    """Switch automatic invitations on for Okta."""
    set_auto_invite(provider="okta", enabled=True, actor=ANA)


def person(name: str = "jane", *, active: bool = True, **fields: Any) -> UserState:
    """Return somebody with an address."""
    address = f"{name}@example.org"
    values: dict[str, Any] = {
        "user_name": address,
        "display_name": name.title(),
        "active": active,
    } | fields
    return UserState(**({"emails": ({"value": address, "primary": True},)} | values))


def imported(name: str = "jane", **fields: Any) -> User:
    """Return a user whom Okta brought."""
    return create_user(state=person(name, **fields), actor=OKTA, source="okta")


def switch(user: User, *, active: bool) -> None:
    """Activate or deactivate a user, as Okta does."""
    update_user(user_id=user.id, edit=lambda state: replace(state, active=active), actor=OKTA)


def time_passes() -> None:
    """Let every pause end."""
    Invitation.objects.update(due_at=timezone.now())


def status_of(user: User) -> tuple[str, str]:
    """Return the status and the failure of the one invitation of a user."""
    invitation = Invitation.objects.get(user=user)
    return invitation.status, invitation.failure


def told() -> list[str]:
    """Return the labels of the events about invitations, oldest first."""
    events = Event.objects.filter(type="invitation").order_by("id")
    return [event.label for event in events]


# Who is invited


@pytest.mark.django_db
def test_the_switch_is_off_by_default() -> None:
    imported()
    assert not Invitation.objects.exists()


def test_a_user_of_an_inviting_idp_is_due_after_the_grace(invites: None) -> None:
    user = imported()
    invitation = Invitation.objects.get()
    assert (invitation.user, invitation.provider) == (user, "okta")
    assert timedelta(seconds=58) < invitation.due_at - timezone.now() <= timedelta(seconds=60)
    assert not delivery.deliver_due()
    assert status_of(user) == ("pending", "")


def test_only_users_of_that_idp_are_invited(invites: None) -> None:
    create_user(state=person("ed"), actor=ENTRA, source="entra")
    create_user(state=person("al"), actor=ANA)
    assert not Invitation.objects.exists()


def test_a_user_without_an_address_is_not_invited(invites: None) -> None:
    imported(emails=())
    assert not Invitation.objects.exists()


def test_updates_and_reactivations_do_not_invite(invites: None) -> None:
    set_auto_invite(provider="okta", enabled=False, actor=ANA)
    user = imported()
    set_auto_invite(provider="okta", enabled=True, actor=ANA)
    update_user(user_id=user.id, edit=lambda state: replace(state, display_name="J"), actor=OKTA)
    switch(user, active=False)
    switch(user, active=True)
    assert not Invitation.objects.exists()


def test_the_first_activation_of_one_created_inactive_invites_once(invites: None) -> None:
    user = imported(active=False)
    assert not Invitation.objects.exists()
    switch(user, active=True)
    assert status_of(user) == ("pending", "")
    switch(user, active=False)
    switch(user, active=True)
    assert status_of(user) == ("cancelled", "")


def test_a_refused_create_leaves_no_invitation(invites: None) -> None:
    imported()
    with pytest.raises(Exception, match="jane"):
        imported()
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("leave", ["delete", "deactivate"])
def test_who_leaves_within_the_grace_gets_no_mail(
    invites: None, server: MailServer, leave: str
) -> None:
    """JumpCloud creates a probe user on connection and deletes it at once (JC-1)."""
    user = imported("probe")
    if leave == "delete":
        deprovision_user(user_id=user.id, actor=OKTA)
    else:
        switch(user, active=False)
    time_passes()
    delivery.deliver_due()
    assert server.mails == []
    assert told() == ["Invitation Cancelled"]


# What it costs


@contextmanager
def extra_statements(expected: int) -> Iterator[None]:
    """Check how many statements name the tables of this feature."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        yield
    ours = [
        query["sql"]
        for query in captured.captured_queries
        if re.search(r"invitations_invitation|providersettings", query["sql"])
    ]
    assert len(ours) == expected, ours


@pytest.mark.django_db
def test_switched_off_a_create_costs_one_statement_a_half_second() -> None:
    with extra_statements(1):
        imported("first")
    with extra_statements(0):
        imported("second")


def test_switched_on_a_create_costs_one_row_more(invites: None) -> None:
    imported("first")
    with extra_statements(1):
        imported("second")


# The way of the mail


def test_the_mail(invites: None, server: MailServer) -> None:
    user = imported("jane", display_name="Jane <b>& Co</b>")
    time_passes()
    delivery.deliver_due()
    [mail] = server.mails
    invitation = Invitation.objects.get()
    assert mail["To"] == "jane@example.org"
    assert mail["Subject"] == "You are invited to register for mobile device management"
    assert mail["Message-ID"] == f"<invitation.{invitation.id}@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain and html
    link = "https://mdm.example.org/register/"
    assert "Hello Jane <b>& Co</b>," in plain.get_content()
    assert link in plain.get_content()
    assert "Jane &lt;b&gt;&amp; Co&lt;/b&gt;" in html.get_content()
    assert f'href="{link}' in html.get_content()
    assert status_of(user) == ("sent", "")
    assert invitation.sent_at
    event = Event.objects.filter(type="invitation").get()
    assert (event.label, event.actor_kind, event.provider) == ("Invitation Sent", "system", "okta")
    assert event.details == "Okta · jane@example.org"


@pytest.mark.parametrize(
    ("custom", "language"),
    [
        ({"preferredLanguage": "es-MX"}, "es"),
        ({"LOCALE": "fr_CA"}, "fr"),
        ({"locale": "de"}, "en"),
        ({"locale": "x" * 600}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_of_the_mail(invites: None, custom: dict[str, str], language: str) -> None:
    imported(custom=custom)
    message = mails.compose(Invitation.objects.get())
    assert f'<html lang="{language}">' in str(message.alternatives[0][0])


def test_without_a_public_address_the_link_leads_to_this_machine(
    invites: None, server: MailServer, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PUBLIC_URL, settings.LOCAL_URL = "", "http://localhost:8000"
    imported()
    time_passes()
    delivery.deliver_due()
    assert "http://localhost:8000/register/" in str(server.mails[0].get_body(("plain",)))
    assert "PUBLIC_URL is not set" in caplog.text


def test_the_mail_goes_to_the_address_of_the_moment(invites: None, server: MailServer) -> None:
    user = imported()
    update_user(
        user_id=user.id,
        edit=lambda state: replace(state, emails=({"value": "new@example.org"},)),
        actor=OKTA,
    )
    time_passes()
    delivery.deliver_due()
    assert server.recipients == ["new@example.org"]


def test_a_passing_failure_is_tried_again_with_growing_pauses(
    invites: None, server: MailServer
) -> None:
    server.answers["jane@example.org"] = ["451 4.7.1 Try later"] * 2
    user = imported()
    for pause in outbox.PAUSES[:2]:
        time_passes()
        delivery.deliver_due()
        assert status_of(user) == ("pending", "451 4.7.1 Try later")
        left = Invitation.objects.get().due_at - timezone.now()
        assert pause - timedelta(seconds=5) < left <= pause
    time_passes()
    delivery.deliver_due()
    assert status_of(user) == ("sent", "")
    assert told() == ["Invitation Sent"]


def test_a_failure_that_does_not_pass_ends_after_the_last_try(
    invites: None, server: MailServer
) -> None:
    server.answers["jane@example.org"] = ["451 Try later"] * 99
    user = imported()
    for _attempt in range(len(outbox.PAUSES) + 3):
        time_passes()
        delivery.deliver_due()
    assert status_of(user) == ("failed", "451 Try later")
    assert Invitation.objects.get().attempts == len(outbox.PAUSES) + 1
    assert told() == ["Invitation Failed"]


def test_a_final_refusal_is_told_in_the_servers_words(invites: None, server: MailServer) -> None:
    server.answers["jane@example.org"] = ["550 5.1.1 No such user\x07 here"]
    user = imported()
    time_passes()
    delivery.deliver_due()
    assert status_of(user) == ("failed", "550 5.1.1 No such user here")
    event = Event.objects.filter(type="invitation").get()
    assert (event.label, event.status) == ("Invitation Failed", "failure")
    assert event.details == "Okta · 550 5.1.1 No such user here"


def test_one_broken_recipient_does_not_hold_up_the_rest(invites: None, server: MailServer) -> None:
    server.answers["gone@example.org"] = ["550 No such user"]
    server.answers["busy@example.org"] = ["451 Try later"]
    server.hangs_up_on = {"cursed@example.org"}
    users = {name: imported(name) for name in ("gone", "cursed", "busy", "a", "b")}
    users["odd"] = imported("odd", emails=({"value": "no address\r\nBcc: x@y.z"},))
    users["last"] = imported("last")
    time_passes()
    delivery.deliver_due()
    assert server.recipients == ["a@example.org", "b@example.org", "last@example.org"]
    assert {name: status_of(user)[0] for name, user in users.items()} == {
        **dict.fromkeys(("a", "b", "last"), "sent"),
        **dict.fromkeys(("busy", "cursed"), "pending"),
        **dict.fromkeys(("gone", "odd"), "failed"),
    }


def test_a_mail_server_that_is_out_costs_no_try(
    invites: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    imported()
    time_passes()
    assert not delivery.deliver_due()
    assert "cannot be reached" in caplog.text
    invitation = Invitation.objects.get()
    assert (invitation.status, invitation.attempts) == ("pending", 0)


def test_a_mail_is_kept_as_a_file_where_no_server_is_named(
    invites: None, settings: Any, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    imported()
    time_passes()
    delivery.deliver_due()
    [file] = (tmp_path / "mail").iterdir()
    assert "To: jane@example.org" in file.read_text()


# Several workers, killed workers, no broker


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_mail_once(server: MailServer, invites: None) -> None:
    names = [f"user{number:02}" for number in range(24)]
    for name in names:
        imported(name)
    time_passes()
    outcomes = in_parallel([delivery.deliver_due] * 4)
    assert outcomes == [False] * 4
    assert server.recipients == [f"{name}@example.org" for name in names]
    assert told() == ["Invitation Sent"] * 24


@pytest.mark.django_db(transaction=True)
def test_leaving_and_sending_at_once_ends_clean(server: MailServer, invites: None) -> None:
    users = [imported(f"user{number}") for number in range(8)]
    time_passes()
    leaves: list[Callable[[], Any]] = [
        partial(deprovision_user, user_id=user.id, actor=OKTA) for user in users
    ]
    outcomes = in_parallel([*leaves, delivery.deliver_due])
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert not Invitation.objects.filter(status="pending").exists()
    assert Invitation.objects.filter(status="sent").count() <= len(server.mails)


def test_the_work_of_a_killed_worker_comes_back_with_the_same_message_id(
    invites: None, server: MailServer
) -> None:
    user = imported()
    time_passes()
    claimed = outbox.claim()
    assert claimed
    post = Post()
    post.open()
    post.send(mails.compose(claimed))
    post.close()
    assert not delivery.deliver_due(), "the lease holds others off"
    time_passes()
    delivery.deliver_due()
    assert len(server.mails) == 2
    assert len({mail["Message-ID"] for mail in server.mails}) == 1
    assert status_of(user) == ("sent", "")


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_out_neither_fails_nor_slows_a_create(
    invites: None, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    began = time.monotonic()
    for number in range(5):
        imported(f"user{number}")
    assert time.monotonic() - began < 2
    time_passes()
    delivery.deliver_due()
    assert len(server.mails) == 5


@pytest.mark.django_db(transaction=True)
def test_a_celery_worker_is_woken_and_sends_once(
    invites: None, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "GRACE", timedelta(seconds=1))
    with celery_worker.worker(
        "--concurrency",
        "2",
        "--loglevel",
        "WARNING",
        EMAIL_URL=f"smtp://127.0.0.1:{server.port}",
        PUBLIC_URL="https://mdm.example.org",
    ):
        in_parallel([partial(imported, name) for name in ("ana", "ben", "eva")])
        probe = imported("probe")
        deprovision_user(user_id=probe.id, actor=OKTA)
        end = time.monotonic() + 60
        while time.monotonic() < end and Invitation.objects.filter(status="pending").exists():
            time.sleep(0.05)
    assert server.recipients == ["ana@example.org", "ben@example.org", "eva@example.org"]
    assert told().count("Invitation Sent") == 3


# What the portal tells


def test_the_labels_of_the_users_page(invites: None) -> None:
    names = ("pending", "sent", "completed", "failed", "cancelled", "expired")
    users = {name: imported(name) for name in names}
    for name in names[:-1]:
        Invitation.objects.filter(user=users[name]).update(status=name, sent_at=timezone.now())
    Invitation.objects.filter(user=users["expired"]).update(
        status="sent", sent_at=timezone.now() - timedelta(days=31)
    )
    users["never"] = imported("never", emails=())
    with extra_statements(1):
        labels = invite_status(user.id for user in users.values())
    assert {name: labels[user.id] for name, user in users.items()} == {
        "pending": "Pending",
        "sent": "Pending",
        "completed": "Completed",
        "failed": "Failed",
        "cancelled": "Not Invited",
        "expired": "Expired",
        "never": "Not Invited",
    }
