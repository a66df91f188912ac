"""The limit of mails a minute, and slow recipients who hold up nobody."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from audit.actors import Actor
from mdm_portal.celery import app
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations import delivery, pace, post
from scim_provisioning.invitations.models import Departure, Invitation
from scim_provisioning.invitations.options.options import current
from scim_provisioning.invitations.options.services import change
from tests.services.mail_server import MailServer
from tests.services.parallel import in_parallel

ANA = Actor("administrator", "7", "ana")
OKTA = Actor.token("1", "scim_okta", "okta")

pytestmark = pytest.mark.django_db


def limit(mails: int) -> None:
    """Set how many mails may leave in a minute."""
    change(options=replace(current(), mails_per_minute=mails), actor=ANA)


def due(*names: str) -> None:
    """Make invitations that are due, in this order."""
    for name in names:
        address = f"{name}@example.org"
        state = UserState(user_name=address, emails=({"value": address},))
        user = create_user(state=state, actor=OKTA, source="okta")
        Invitation.objects.create(user=user, due_at=timezone.now())


def a_minute_passes() -> None:
    """Let a minute pass since the last mails left."""
    Departure.objects.update(at=F("at") - pace.MINUTE)


@pytest.mark.django_db(transaction=True)
def test_all_workers_together_keep_the_limit(server: MailServer) -> None:
    limit(5)
    due(*(f"user{number:02}" for number in range(12)))
    for total in (5, 10, 12):
        assert in_parallel([delivery.deliver_due] * 4) == [False] * 4
        assert len(server.mails) == total
        a_minute_passes()
    assert not Invitation.objects.exclude(status="sent").exists()
    assert set(Invitation.objects.values_list("attempts", flat=True)) == {1}
    assert Departure.objects.count() <= 12


def test_without_a_limit_nothing_is_counted(server: MailServer) -> None:
    limit(0)
    due("a", "b")
    delivery.deliver_due()
    assert len(server.mails) == 2
    assert not Departure.objects.exists()


def test_the_limit_holds_while_valkey_is_out(
    server: MailServer, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    limit(2)
    due("a", "b", "c")
    assert not delivery.deliver_due()
    assert not delivery.deliver_due()
    assert len(server.mails) == 2
    assert "the sweeper will come" in caplog.text


def test_nothing_due_uses_nothing_up() -> None:
    limit(2)
    delivery.deliver_due()
    assert not Departure.objects.exists()


def test_a_window_slides(server: MailServer) -> None:
    limit(2)
    due("a", "b", "c", "d")
    delivery.deliver_due()
    first = Departure.objects.order_by("at")[0]
    Departure.objects.filter(pk=first.pk).update(at=first.at - timedelta(seconds=61))
    delivery.deliver_due()
    assert len(server.mails) == 3, "one left more than a minute ago"


def test_a_slow_recipient_holds_up_nobody(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PATIENCE", 0.2)
    server.slow_for = {"slow1@example.org": 2, "slow2@example.org": 2}
    due("slow1", "a", "slow2", "b", "c")
    began = time.monotonic()
    delivery.deliver_due()
    took = time.monotonic() - began
    order = [str(mail["To"]).partition("@")[0] for mail in server.mails]
    assert order[:3] == ["a", "b", "c"]
    assert sorted(order[3:]) == ["slow1", "slow2"]
    assert took < 3.5, "the slow ones went side by side"
    assert set(Invitation.objects.values_list("status", flat=True)) == {"sent"}


def test_a_conversation_without_end_is_ended(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PATIENCE", 0.1)
    monkeypatch.setattr(post, "MAIL_SECONDS", 0.5)
    server.slow_for = {"never@example.org": 5}
    due("never", "a")
    began = time.monotonic()
    delivery.deliver_due()
    assert time.monotonic() - began < 3
    assert server.recipients == ["a@example.org"]
    row = Invitation.objects.get(user__email="never@example.org")
    assert row.status == "pending"
    assert row.failure
    assert row.due_at > timezone.now() + timedelta(seconds=50)


def test_more_slow_ones_than_lines_still_end(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PATIENCE", 0.05)
    monkeypatch.setattr(delivery, "MOST_SLOW", 2)
    names = [f"slow{number}" for number in range(5)]
    server.slow_for = {f"{name}@example.org": 0.4 for name in names}
    due(*names, "last")
    delivery.deliver_due()
    assert len(server.mails) == 6
    assert set(Invitation.objects.values_list("status", flat=True)) == {"sent"}
