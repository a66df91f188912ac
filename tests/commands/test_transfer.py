"""``export_directory`` and ``import_directory``: there and back, whole or not at all."""

import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.actors import Actor
from audit.models import Event
from mdm_portal.runtime import BASE
from mdm_portal.transfer.export import directory_rows, line
from scim_provisioning.directory.groups import create_group
from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.directory.services import create_users, deprovision_user, update_user
from scim_provisioning.directory.state import GroupState, UserState
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.settings.models import CustomAttribute
from scim_provisioning.settings.registry import forget
from scim_provisioning.settings.services import add_custom_attribute, set_auto_invite
from tests.commands.site import environment, operate

pytestmark = pytest.mark.django_db(transaction=True)
ANA = Actor("administrator", "7", "ana")
OKTA = Actor.token("1", "scim_okta", "okta")


def run(name: str, *arguments: object) -> str:
    """Return what a command prints."""
    out = StringIO()
    call_command(name, *map(str, arguments), stdout=out)
    return out.getvalue().strip()


def people(count: int, prefix: str = "user") -> list[User]:
    """Make users with everything that users may have."""
    states = [
        UserState(
            user_name=f"{prefix}{number}@Example.org",
            external_id=f"00u{number}",
            display_name=f"Zoë “{number}” O'Neill \\ 日本 \u2028\n",
            given_name="Zoë",
            family_name="O'Neill",
            formatted_name="Dr. Zoë O'Neill",
            active=number % 3 != 0,
            emails=(
                {"value": f"{prefix}{number}@example.org", "type": "work", "primary": True},
                {"value": "second@example.org", "display": "2nd"},
            ),
            department="R&D",
            custom={"costCenter": f"CC-{number}"},
        )
        for number in range(count)
    ]
    return create_users(states=states, actor=OKTA, source="okta")


@pytest.fixture
def directory() -> None:
    """Fill the directory: users of two sources, a deprovisioned one, groups with many and none."""
    add_custom_attribute(name="costCenter", actor=ANA)
    add_custom_attribute(name="tier", actor=ANA)
    some = people(7)
    create_users(states=[UserState(user_name="local")], actor=ANA)
    deprovision_user(user_id=some[6].id, actor=OKTA)
    update_user(user_id=some[1].id, edit=lambda state: replace(state, department="Ops"), actor=OKTA)
    members = frozenset(user.id for user in some[:5])
    create_group(state=GroupState("Staff ñ", "ext-1"), members=members, actor=OKTA, source="okta")
    create_group(state=GroupState("Empty"), members=frozenset(), actor=ANA)


def clear() -> None:
    """Empty the directory."""
    for model in (Membership, Group, Invitation, User, CustomAttribute):
        model._default_manager.all().delete()
    forget()


def lines(file: Path) -> list[dict[str, Any]]:
    """Return what the lines of a file say."""
    return [json.loads(text) for text in file.read_bytes().splitlines()]


def body(file: Path) -> bytes:
    """Return a file without its first line, which tells the time."""
    return file.read_bytes().partition(b"\n")[2]


def test_there_and_back_is_the_same_to_the_byte(directory: None, tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    told = json.loads(run("export_directory", first, "--json"))
    assert (told["user"], told["group"], told["membership"]) == (8, 2, 5)
    assert first.stat().st_mode & 0o077 == 0
    searched = dict(User.objects.values_list("id", "search_text"))
    clear()
    done = json.loads(run("import_directory", first, "--json"))
    assert done["created"] == {"customAttribute": 2, "user": 8, "group": 2, "membership": 5}
    run("export_directory", second)
    assert body(first) == body(second)
    assert len(lines(first)) == 18
    assert dict(User.objects.values_list("id", "search_text")) == searched
    assert CustomAttribute.objects.get(name="tier").created_by == "ana"


def test_the_trail_names_the_operator_and_nobody_is_invited(
    directory: None, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    run("export_directory", file)
    clear()
    set_auto_invite(provider="okta", enabled=True, actor=ANA)
    before = Event.objects.order_by("id").last()
    assert before
    run("import_directory", file)
    new = Event.objects.filter(id__gt=before.id)
    assert {event.actor_kind for event in new} == {"operator"}
    labels = [event.label for event in new]
    assert labels.count("User Created") == 8
    assert labels.count("User Group Created") == 2
    assert labels.count("User Group Updated") == 1
    assert not Invitation.objects.exists()


def test_a_second_time_changes_nothing(directory: None, tmp_path: Path) -> None:
    file = tmp_path / "file"
    run("export_directory", file)
    events = Event.objects.count()
    done = json.loads(run("import_directory", file, "--json"))
    assert set(done["created"].values()) == {0}
    assert Event.objects.count() == events


def test_check_applies_nothing(directory: None, tmp_path: Path) -> None:
    file = tmp_path / "file"
    run("export_directory", file)
    assert "here already: 8 users" in run("import_directory", file, "--check")
    clear()
    assert "New: 8 users, 2 groups" in run("import_directory", file, "--check")
    assert not User.objects.exists()
    assert not CustomAttribute.objects.exists()


def change(file: Path, number: int, edit: Callable[[Any], object]) -> None:
    """Edit what stands in a line of a file, counted from 1."""
    content = file.read_bytes().splitlines(keepends=True)
    values = json.loads(content[number - 1])
    edit(next(iter(values.values())))
    content[number - 1] = json.dumps(values).encode() + b"\n"
    file.write_bytes(b"".join(content))


BAD = [
    (4, lambda user: user.pop("userName"), "userName is missing"),
    (4, lambda user: user.update(userName=""), "userName is empty"),
    (4, lambda user: user.update(userName="a\0b"), "null character"),
    (4, lambda user: user.update(userName="a" * 3000), "longer than"),
    (4, lambda user: user.update(active="yes"), "active must be true or false"),
    (4, lambda user: user.update(shoeSize=43), "shoeSize is not known"),
    (4, lambda user: user.update(id="17"), "id must be an id like"),
    (4, lambda user: user.update(createdAt="yesterday"), "createdAt must be a time"),
    (4, lambda user: user.update(createdAt="2026-01-01T00:00:00"), "createdAt must be a time"),
    (4, lambda user: user.update(version=0), "version must be"),
    (4, lambda user: user.update(source="nobody"), "source must be one of local, okta"),
    (4, lambda user: user.update(emails=["x"]), "emails must be"),
    (4, lambda user: user.update(emails=[{"value": 1}]), "value must be a text"),
    (4, lambda user: user.update(custom={"shoeSize": "43"}), "“shoeSize” is registered nowhere"),
    (4, lambda user: user.update(custom={"costCenter": 7}), "costCenter must be a text"),
    (5, lambda user: user.update(userName="USER0@example.org"), "the userName came before"),
    (2, lambda attribute: attribute.update(name="cost center"), "Start with a letter"),
    (2, lambda attribute: attribute.update(name="tier"), None),
    (13, lambda group: group.update(displayName="staff Ñ"), "the displayName came before"),
    (14, lambda member: member.update(user="00000000-0000-4000-8000-000000000000"), "not in the"),
    (1, lambda header: header.update(version=2), "version 2 of the format"),
    (1, lambda header: header["counts"].update(user=9), "9 of “user” are promised, 8"),
]


@pytest.mark.parametrize(("number", "edit", "words"), BAD)
def test_a_bad_line_is_named_and_nothing_is_applied(
    directory: None, tmp_path: Path, number: int, edit: Callable[[Any], object], words: str | None
) -> None:
    file = tmp_path / "file"
    run("export_directory", file)
    clear()
    change(file, number, edit)
    named = number if words else 3
    with pytest.raises(CommandError, match=rf"^Line {named}: [^\n]*$") as refusal:
        run("import_directory", file)
    assert (words or "came before") in str(refusal.value)
    assert "Nothing of the file was applied" in str(refusal.value)
    assert not User.objects.exists()
    assert not CustomAttribute.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Line 1: it is not JSON"),
        (b"\x1f\x8b\x08\x00", "Line 1: it is not JSON"),
        (b"[]\n", "Line 1: it must be an object"),
        (b'{"user": {}}\n', "Line 1: this is no file of `export_directory`"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        run("import_directory", file)
    with pytest.raises(CommandError, match="No such file"):
        run("import_directory", tmp_path / "nothing")


def test_half_a_file_is_refused(directory: None, tmp_path: Path) -> None:
    file = tmp_path / "file"
    run("export_directory", file)
    content = file.read_bytes()
    clear()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(CommandError, match=r"Line \d+: it is not JSON, the file ends here"):
        run("import_directory", file)
    file.write_bytes(b"".join(content.splitlines(keepends=True)[:-1]))
    with pytest.raises(CommandError, match="5 of “membership” are promised, 4 are there"):
        run("import_directory", file)
    assert not User.objects.exists()


def test_a_user_name_of_somebody_else_is_told_before_anything_is_applied(
    directory: None, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    run("export_directory", file)
    clear()
    create_users(states=[UserState(user_name="USER4@example.org")], actor=ANA)
    with pytest.raises(CommandError, match="Line 8: another user of this portal has the userName"):
        run("import_directory", file)
    clear()
    create_group(state=GroupState("empty"), members=frozenset(), actor=ANA)
    with pytest.raises(CommandError, match="Line 13: another group of this portal"):
        run("import_directory", file)
    assert not User.objects.exists()


def test_a_user_that_differs_is_refused_unless_resumed(directory: None, tmp_path: Path) -> None:
    file = tmp_path / "file"
    run("export_directory", file)
    changed = User.objects.get(user_name="user4@Example.org")
    update_user(user_id=changed.id, edit=lambda state: replace(state, department="New"), actor=OKTA)
    with pytest.raises(CommandError, match="Line 8: this portal has the user with other values"):
        run("import_directory", file)
    run("import_directory", file, "--resume")
    assert User.objects.get(id=changed.id).department == "New"


def test_a_killed_import_goes_on_where_it_was(tmp_path: Path) -> None:
    add_custom_attribute(name="costCenter", actor=ANA)
    some = people(4000)
    members = frozenset(user.id for user in some if user.active)
    create_group(state=GroupState("Staff"), members=members, actor=ANA)
    file, again = tmp_path / "file", tmp_path / "again"
    run("export_directory", file)
    clear()
    command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "import_directory"]
    process = subprocess.Popen([*command, str(file)], env=environment())
    end = time.monotonic() + 60
    while not User.objects.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    there = User.objects.count()
    assert 0 < there < 4000
    done = json.loads(run("import_directory", file, "--resume", "--json"))
    assert done["present"]["user"] == there
    run("export_directory", again)
    assert body(file) == body(again)
    created = Event.objects.filter(event="user.created", actor_kind="operator")
    assert created.count() == 4000, "each user has one event, none lost, none twice"


def test_standard_output_holds_the_lines_alone(directory: None) -> None:
    done = operate("export_directory", "--json")
    assert done.returncode == 0
    assert len([json.loads(text) for text in done.stdout.split("\n") if text]) == 18
    assert json.loads(done.stderr)["user"] == 8


def test_a_file_that_is_there_is_not_overwritten(directory: None, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("precious")
    with pytest.raises(CommandError, match="is there already"):
        run("export_directory", file)
    with pytest.raises(CommandError, match="cannot be written"):
        run("export_directory", tmp_path / "no" / "file")
    assert file.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [file]


def test_an_export_holds_no_more_than_a_batch_in_memory() -> None:
    add_custom_attribute(name="costCenter", actor=ANA)
    peaks = []
    for number in range(3):
        for part in range(4):
            people(500, f"{number}-{part}-")
        tracemalloc.start()
        assert sum(len(line(*row)) for row in directory_rows()) > 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < peaks[0] * 1.2, "three times the users, the same memory"
