"""``manage.py provisioning_status``: the figures of a site, for people and for scripts."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from audit.actors import Actor
from scim_provisioning.activity import recorder
from scim_provisioning.directory.groups import create_group
from scim_provisioning.directory.services import create_user, deprovision_user
from scim_provisioning.directory.state import GroupState, UserState
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.tokens import services

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = Actor.operator("tests")


def run(*arguments: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("provisioning_status", *arguments, stdout=out)
    return out.getvalue().strip()


def status() -> dict[str, Any]:
    """Return what scripts read."""
    found: dict[str, Any] = json.loads(run("--json"))
    return found


def test_a_new_site_has_nothing() -> None:
    assert run().count("none") == 3
    assert status()["outbox"] == {"due": 0, "waiting": 0, "oldest_due_at": None}


def test_tokens_and_the_requests_that_came_with_them() -> None:
    issued = services.generate(provider="okta", lifetime_days=30, actor=OPERATOR)
    for secret, path in ((issued.secret, "Users"), (issued.secret, "Users/1"), ("bad", "Users")):
        Client().get(f"/scim/v2/{path}", HTTP_AUTHORIZATION=f"Bearer {secret}")
    recorder.flush()
    found = status()
    token = found["tokens"][0]
    assert (token["prefix"], token["status"], token["days_left"]) == (
        issued.token.key_id,
        "active",
        29,
    )
    assert token["last_used_at"]
    traffic = {one["provider"]: one for one in found["requests_of_last_day"]}
    assert (traffic["okta"]["requests"], traffic["okta"]["refused"]) == (2, 1)
    assert (traffic[""]["requests"], traffic[""]["refused"]) == (1, 1)
    text = run()
    assert "no good token" in text
    assert f"{issued.token.key_id}…  Okta" in text
    assert issued.secret not in text


def test_users_and_groups_by_source() -> None:
    okta = Actor.token("1", "scim_okta", "okta")
    people = [
        create_user(state=UserState(user_name=name, active=name != "b"), actor=okta, source="okta")
        for name in "abc"
    ]
    deprovision_user(user_id=people[2].id, actor=okta)
    create_group(state=GroupState("Staff"), members=frozenset(), actor=OPERATOR)
    sources = {one["source"]: one for one in status()["sources"]}
    assert sources["okta"] == {
        "source": "okta",
        "active": 1,
        "inactive": 1,
        "deprovisioned": 1,
        "groups": 0,
    }
    assert sources["local"]["groups"] == 1
    assert "SCIM Okta" in run()


def test_the_outbox_tells_how_long_the_oldest_waits() -> None:
    now = timezone.now()
    for number, fields in enumerate(
        (
            {"due_at": now - timedelta(hours=2)},
            {"due_at": now - timedelta(hours=1)},
            {"due_at": now + timedelta(hours=1)},
            {"due_at": now, "status": "failed"},
            {"due_at": now, "status": "sent", "sent_at": now},
        )
    ):
        user = create_user(state=UserState(user_name=f"{number}"), actor=OPERATOR)
        Invitation.objects.create(user=user, **fields)
    outbox = status()["outbox"]
    assert (outbox["due"], outbox["waiting"]) == (2, 1)
    assert outbox["oldest_due_at"].startswith(f"{now - timedelta(hours=2):%Y-%m-%d %H:%M}")
    assert status()["invitations"]["failed"] == 1
