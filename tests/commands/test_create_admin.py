"""``manage.py create_admin``: another administrator, with a password shown once."""

import io
import json

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from audit import events
from audit.models import Event

pytestmark = pytest.mark.django_db


def create(*arguments: str) -> str:
    out = io.StringIO()
    call_command("create_admin", *arguments, stdout=out)
    return out.getvalue()


def signs_in(username: str, password: str) -> bool:
    found = get_user_model().objects.get(username=username)
    return bool(found.is_superuser and found.check_password(password))


def test_the_password_that_is_shown_signs_in() -> None:
    made = json.loads(create("--username", "ada", "--json"))
    assert signs_in("ada", made["password"])


def test_for_people_it_prints_two_lines() -> None:
    first, second = create().splitlines()
    assert first == "Administrator admin created."
    assert signs_in("admin", second.split()[-1])


def test_the_trail_names_the_new_administrator() -> None:
    create("--username", "ada")
    event = Event.objects.get(event=events.ADMINISTRATOR_CREATED.key)
    assert (event.subject_name, event.actor_kind) == ("ada", "operator")


def test_a_password_can_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery staple\n"))
    made = json.loads(create("--username", "ada", "--password-stdin", "--json"))
    assert made == {"username": "ada"}
    assert signs_in("ada", "correct horse battery staple")


@pytest.mark.parametrize(
    ("given", "complaint"), [("short\n", "too short"), ("\n", "No password"), ("", "No password")]
)
def test_a_poor_password_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str, complaint: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(given))
    with pytest.raises(CommandError, match=complaint):
        create("--password-stdin")


def test_a_name_is_given_once_whatever_its_case() -> None:
    create("--username", "ada")
    with pytest.raises(CommandError, match="ADA already exists"):
        create("--username", "ADA")


def test_an_address_is_kept_and_checked(db: None) -> None:
    call_command("create_admin", "--username=eva", "--email=eva@example.org", stdout=io.StringIO())
    assert get_user_model().objects.get(username="eva").email == "eva@example.org"
    with pytest.raises(CommandError, match="valid email"):
        call_command("create_admin", "--username=tom", "--email=nobody", stdout=io.StringIO())
