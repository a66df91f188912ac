"""``manage.py invitations``: the services of the portal, for many, with a real mail server."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.models import User
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations import delivery
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.services import invite_by_hand
from tests.services.mail_server import MailServer

pytestmark = pytest.mark.django_db
ANA = Actor("administrator", "7", "ana")


def run(*arguments: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("invitations", *arguments, stdout=out)
    return out.getvalue().strip()


def read(*arguments: str) -> Any:
    """Return what the command prints for scripts."""
    return json.loads(run(*arguments, "--json"))


def person(name: str, *, active: bool = True, source: str = "local", mail: bool = True) -> User:
    """Return a user."""
    emails = ({"value": f"{name}@example.org"},) if mail else ()
    state = UserState(user_name=name, active=active, emails=emails)
    return create_user(state=state, actor=ANA, source=source)


def expired(name: str) -> User:
    """Return a user who did not answer in time."""
    user = person(name)
    invite_by_hand(user_id=user.id, actor=ANA)
    long_ago = timezone.now() - timedelta(days=40)
    Invitation.objects.filter(user=user).update(
        status="sent", sent_at=long_ago, due_at=long_ago, created_at=long_ago
    )
    return user


def statuses() -> dict[str, str]:
    """Return the state of each user who was ever invited."""
    return {one["user_name"]: one["status"] for one in read("list")}


def test_nobody_is_invited_at_first() -> None:
    person("ana")
    assert read("list") == []
    assert run("list").endswith("none")
    assert [one["user_name"] for one in read("list", "--status", "not_invited")] == ["ana"]


def test_a_user_is_invited_by_name_and_gets_a_mail(server: MailServer) -> None:
    person("Jane")
    assert run("send", "JANE") == "Invited: 1"
    delivery.deliver_due()
    assert server.recipients == ["Jane@example.org"]
    assert statuses() == {"Jane": "sent"}
    assert "Jane" in run("list", "--status", "pending")
    event = Event.objects.get(event="invitation.requested")
    assert event.actor_kind == "operator"


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"active": False}, "not active"), ({"mail": False}, "without e-mail address")],
)
def test_who_cannot_be_invited_is_refused_with_the_reason(
    fields: dict[str, bool], words: str
) -> None:
    person("jane", **fields)
    with pytest.raises(CommandError, match=f"Invited: 0; left out: {words}: 1"):
        run("send", "jane")


def test_who_is_under_way_is_not_invited_twice() -> None:
    person("jane")
    run("send", "jane")
    with pytest.raises(CommandError, match="invited already: 1"):
        run("send", "jane")
    person("eva")
    assert read("send", "jane", "eva") == {"invited": 1, "left_out": {"under_way": 1}}


@pytest.mark.parametrize(
    "arguments",
    [("send",), ("send", "nobody"), ("retry", "nobody"), ("cancel",), ("cancel", "a", "--all")],
)
def test_without_somebody_it_is_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


def test_all_who_were_never_invited_once_that_is_confirmed() -> None:
    for name in "abc":
        person(name, source="okta")
    person("d")
    person("e", active=False)
    person("f", mail=False)
    with pytest.raises(CommandError, match=r"to 3 users\?.*--yes"):
        run("send", "--not-invited", "--source", "okta")
    assert read("send", "--not-invited", "--source", "okta", "--yes")["invited"] == 3
    assert read("send", "--not-invited", "--yes")["invited"] == 1
    assert read("send", "--not-invited", "--yes")["invited"] == 0


def test_all_whose_time_ran_out() -> None:
    expired("old")
    person("new")
    assert statuses() == {"old": "expired"}
    assert read("send", "--all-expired", "--yes")["invited"] == 1
    assert statuses() == {"old": "pending"}


def test_failed_ones_are_tried_again(server: MailServer) -> None:
    for name in ("ana", "ben"):
        person(name)
        server.answers[f"{name}@example.org"] = ["550 No such mailbox"]
    run("send", "ana", "ben")
    delivery.deliver_due()
    failed = read("list", "--status", "failed")
    assert [one["failure"] for one in failed] == ["550 No such mailbox"] * 2
    assert read("retry", "ana")["invited"] == 1
    with pytest.raises(CommandError, match="No failed invitation.*: ana"):
        run("retry", "ana")
    assert read("retry", "--yes")["invited"] == 1
    delivery.deliver_due()
    assert server.recipients == ["ana@example.org", "ben@example.org"]


def test_what_is_not_sent_yet_can_be_cancelled(server: MailServer) -> None:
    for name in "abc":
        person(name)
    run("send", "a", "b", "c")
    assert read("cancel", "A") == {"cancelled": 1}
    with pytest.raises(CommandError, match="until it is sent"):
        run("cancel", "a")
    assert read("cancel", "--all", "--yes") == {"cancelled": 2}
    delivery.deliver_due()
    assert server.mails == []
    assert Event.objects.filter(event="invitation.cancelled").count() == 3


def test_a_long_list_is_cut_and_says_so() -> None:
    for name in "abc":
        person(name)
    text = run("list", "--status", "not_invited", "--limit", "2")
    assert text.endswith("There are more: --limit shows them.")
    assert len(read("list", "--status", "not_invited", "--limit", "2")) == 2
