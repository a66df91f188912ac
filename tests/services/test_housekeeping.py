"""The jobs: each once, at the right time, by one process at a time, told in the trail."""

import json
from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group as Role
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone

from audit import retention
from audit.actors import Actor
from audit.models import Event
from mdm_portal import jobs, token_warnings
from scim_provisioning.directory import retention as user_retention
from scim_provisioning.directory.groups import create_group
from scim_provisioning.directory.models import Membership, User
from scim_provisioning.directory.services import create_user, deprovision_user
from scim_provisioning.directory.state import GroupState, UserState
from scim_provisioning.locks import single
from scim_provisioning.tokens import expiry, services
from scim_provisioning.tokens.models import ScimToken, TokenNotice
from tests.services.mail_server import MailServer
from tests.services.parallel import in_parallel

ANA = Actor("administrator", "7", "ana")
OKTA = Actor.token("1", "scim_okta", "okta")


def token_with(days_left: float, lifetime: int | None = 365) -> ScimToken:
    """Return a token that expires in so many days."""
    token = services.generate(provider="okta", lifetime_days=lifetime, actor=ANA).token
    token.expires_at = timezone.now() + timedelta(days=days_left)
    token.save()
    return token


def renewed(token: ScimToken) -> None:
    services.renew(token_id=token.id, actor=ANA)


def person(name: str, role: str = "", email: str | None = None, **fields: Any) -> None:
    """Create an administrator with an address."""
    email = f"{name}@example.org" if email is None else email
    user = get_user_model().objects.create_user(name, email, is_superuser=not role, **fields)
    if role:
        user.groups.add(Role.objects.get_or_create(name=role)[0])


def expired_events() -> int:
    return Event.objects.filter(event="scim_token.expired").count()


# Declaration and command


def test_every_job_can_be_run_and_is_on_the_clock(db: None, settings: Any) -> None:
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert [entry["args"] for entry in schedule.values()] == [[name] for name in jobs.JOBS]
    assert {entry["task"] for entry in schedule.values()} == {"mdm_portal.tasks.housekeep"}
    for name in jobs.JOBS:
        assert jobs.run(name).state == "done"


def test_the_command_runs_what_is_named(db: None) -> None:
    token_with(-1)
    out = StringIO()
    call_command("housekeeping", "expire-tokens", "forget-imports", "--json", stdout=out)
    assert json.loads(out.getvalue()) == [
        {"job": "expire-tokens", "state": "done", "count": 1},
        {"job": "forget-imports", "state": "done", "count": 0},
    ]
    with pytest.raises(CommandError, match="No job is named nonsense: choose from deliver-"):
        call_command("housekeeping", "nonsense")


def test_a_failed_job_does_not_keep_the_others_from_running(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_arguments: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(expiry, "note_expired", fail)
    out = StringIO()
    with pytest.raises(CommandError, match=r"^Failed: expire-tokens\.$"):
        call_command("housekeeping", stdout=out)
    assert "expire-tokens               failed" in out.getvalue()
    assert "clear-sessions              done (0)" in out.getvalue()


def test_kept_for_ever(db: None, settings: Any) -> None:
    settings.AUDIT_RETENTION_DAYS = 0
    assert jobs.run("prune-audit-trail") == jobs.Outcome("prune-audit-trail", "off")


# The lock


def test_what_another_process_does_is_left_to_it(db: None) -> None:
    with single("housekeeping expire-tokens") as alone:
        assert alone
        assert jobs.run("expire-tokens").state == "busy"
        assert jobs.run("forget-imports").state == "done"
    assert jobs.run("expire-tokens").state == "done"


def test_the_lock_ends_with_an_error_and_with_its_connection(db: None) -> None:
    with pytest.raises(RuntimeError), single("x") as alone:
        assert alone
        raise RuntimeError
    with single("x") as again:
        assert again


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_alone() -> None:
    def hold() -> bool:
        with single("everybody") as alone, connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.5)")
            return alone

    assert sorted(map(str, in_parallel([hold] * 5))) == ["False"] * 4 + ["True"]


# Tokens


def test_an_expired_token_is_told_once_and_again_after_a_renewal(db: None) -> None:
    token = token_with(-1)
    assert [expiry.note_expired() for _run in range(3)] == [1, 0, 0]
    event = Event.objects.first()
    assert event
    assert (event.label, event.actor_kind, event.provider) == (
        "SCIM Token Expired",
        "system",
        "okta",
    )
    assert event.changes == [{"attribute": "status", "before": "active", "after": "expired"}]
    renewed(token)
    assert expiry.note_expired() == 0
    ScimToken.objects.update(expires_at=timezone.now())
    assert expiry.note_expired() == 1
    assert expired_events() == 2


def test_what_is_not_expired_or_gone_is_not_told(db: None) -> None:
    token_with(1)
    gone = token_with(-1)
    services.remove(token_id=gone.id, actor=ANA)
    services.generate(provider="okta", lifetime_days=None, actor=ANA)
    assert expiry.note_expired() == 0


@pytest.mark.django_db(transaction=True)
def test_many_nodes_tell_an_expired_token_once_even_without_the_lock() -> None:
    token_with(-1)
    assert Counter(in_parallel([expiry.note_expired] * 4)) == {0: 3, 1: 1}
    assert expired_events() == 1


@pytest.mark.parametrize(
    ("left", "lifetime", "days"),
    [(31, 365, 0), (29.9, 365, 30), (29.9, 30, 0), (6.9, 30, 7), (0.5, 365, 1), (-0.1, 365, 0)],
)
def test_warnings_are_due_in_time(db: None, left: float, lifetime: int, days: int) -> None:
    token_with(left, lifetime)
    assert [due.days for due in expiry.warnings_due()] == ([days] if days else [])


def test_a_token_that_is_switched_off_needs_no_warning(db: None) -> None:
    services.deactivate(token_id=token_with(5).id, actor=ANA)
    assert expiry.warnings_due() == []


def test_those_who_can_renew_are_warned_once_for_each_of_the_days(
    db: None, server: MailServer
) -> None:
    person("ana")
    person("ben", "system-management")
    person("eva", "system-read-only")
    person("kim", "user-management")
    person("tom", email="")
    person("out", is_active=False)
    token = token_with(6)
    assert [token_warnings.send() for _run in range(2)] == [2, 0]
    assert server.recipients == ["ana@example.org", "ben@example.org"]
    mail = server.mails[0]
    assert mail["Subject"] == f"SCIM token {token.key_id} (Okta) expires within 7 days"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert "https://mdm.example.org/admin/identity/user-provisioning/okta/" in text
    assert f"{token.expires_at:%Y-%m-%d %H:%M} UTC" in text
    ScimToken.objects.update(expires_at=timezone.now() + timedelta(hours=20))
    assert token_warnings.send() == 2
    assert "within 1 day" in server.mails[-1]["Subject"]
    renewed(token)
    assert token_warnings.send() == 0
    assert len({mail["Message-ID"] for mail in server.mails}) == len(server.mails) == 4


def test_an_administrator_who_comes_later_is_warned_too(db: None, server: MailServer) -> None:
    token_with(6)
    assert token_warnings.send() == 0
    person("ana")
    assert token_warnings.send() == 1


def test_a_refused_warning_is_not_tried_for_ever_and_a_deferred_one_is(
    db: None, server: MailServer
) -> None:
    person("ana")
    person("ben")
    person("eva")
    token_with(6)
    server.answers["ana@example.org"] = ["550 Nobody here"]
    server.answers["ben@example.org"] = ["451 Later"]
    assert [token_warnings.send() for _run in range(3)] == [1, 1, 0]
    assert server.recipients == ["ben@example.org", "eva@example.org"]


def test_without_a_mail_server_the_warning_waits(db: None, settings: Any) -> None:
    person("ana")
    token_with(6)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert token_warnings.send() == 0
    assert not TokenNotice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_nodes_send_each_warning_once(server: MailServer) -> None:
    person("ana")
    person("ben")
    token_with(6)
    in_parallel([lambda: jobs.run("warn-about-tokens")] * 5)
    assert server.recipients == ["ana@example.org", "ben@example.org"]


# Retention


def old_event(days: float) -> None:
    """Store an event of so many days ago, as the database alone can."""
    row = Event.objects.create(event="user.created", category="user", actor_kind="system")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        moment = timezone.now() - timedelta(days=days)
        cursor.execute("UPDATE audit_event SET occurred_at = %s WHERE id = %s", [moment, row.pk])
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")


def test_the_trail_is_pruned_in_batches_and_says_so(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    settings.AUDIT_RETENTION_DAYS = 10
    for days in (9.9, 10.1, 11, 12, 13, 14):
        old_event(days)
    assert jobs.run("prune-audit-trail").count == 5
    assert jobs.run("prune-audit-trail").count == 0
    pruned, kept = Event.objects.all()
    assert (pruned.label, pruned.details, pruned.actor_kind) == (
        "Audit Trails Pruned",
        "5",
        "system",
    )
    with pytest.raises(DatabaseError, match="append-only"):
        kept.delete()


def left_users(count: int) -> list[User]:
    """Return users who were in a group and are deprovisioned."""
    states = [UserState(user_name=f"user-{number}@example.org") for number in range(count)]
    users = [create_user(state=state, actor=OKTA) for state in states]
    everybody = frozenset(user.id for user in users)
    create_group(state=GroupState(display_name="All"), members=everybody, actor=OKTA)
    for user in users:
        deprovision_user(user_id=user.id, actor=OKTA)
    return users


def test_users_are_erased_when_their_time_is_over(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_retention, "BATCH", 2)
    users = left_users(6)
    past = timezone.now() - timedelta(days=180, minutes=1)
    User.objects.filter(id__in=[user.id for user in users[1:]]).update(deprovisioned_at=past)
    kept = create_user(state=UserState(user_name="user-1@example.org"), actor=OKTA)
    assert [jobs.run("erase-deprovisioned-users").count for _run in range(2)] == [5, 0]
    assert set(User.objects.all()) == {kept, User.objects.get(id=users[0].id)}
    assert not Membership.objects.exists()
    erased = Event.objects.filter(event="user.erased")
    assert {event.subject_name for event in erased} == {user.user_name for user in users[1:]}


def test_ended_sessions_go_and_others_stay(portal: Client) -> None:
    gone = Session.objects.create(session_key="x", expire_date=timezone.now())
    assert jobs.run("clear-sessions").count == 1
    assert not Session.objects.filter(pk=gone.pk).exists()
    assert Session.objects.count() == 1
