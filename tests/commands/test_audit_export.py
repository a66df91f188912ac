"""``manage.py audit_export``: the trail as JSON lines, and as CEF that a parser understands."""

import json
import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import translation

from audit import events
from audit.actors import Actor
from audit.models import Event
from audit.services import Subject, event_row, record_all
from tests.commands.site import operate

pytestmark = pytest.mark.django_db(transaction=True)
NASTY = "a\\b|c=d\r\ne\nf “é” 日本 cs1Label=x"


def lines(folder: Path, *arguments: str) -> list[str]:
    """Return the lines that the command writes."""
    file = folder / f"trail {len(list(folder.iterdir()))}"
    call_command("audit_export", str(file), *arguments, stdout=StringIO())
    text = file.read_text("utf-8")
    assert text.endswith("\n") or not text
    return text.split("\n")[:-1]


def told(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """Return the events as scripts read them."""
    return [json.loads(text) for text in lines(folder, *arguments)]


def parsed(text: str) -> tuple[list[str], dict[str, str]]:
    """Return the head and the extension of a line of CEF, read as its specification says."""
    *head, extension = re.split(r"(?<!\\)(?:\\\\)*\|", text, maxsplit=7)
    starts = list(re.finditer(r"(?:^| )(\w+)=", extension))
    ends = [*(start.start() for start in starts[1:]), len(extension)]
    values = {
        start[1]: extension[start.end() : end] for start, end in zip(starts, ends, strict=True)
    }
    undone = {"\\\\": "\\", "\\=": "=", "\\n": "\n", "\\r": "\r", "\\|": "|"}
    plain = {
        key: re.sub(r"\\.", lambda found: undone[found[0]], value) for key, value in values.items()
    }
    return head, plain


def record(count: int = 1, **fields: Any) -> None:
    """Store events."""
    values: dict[str, Any] = {
        "actor": Actor("administrator", "7", "ana", address="192.0.2.7", request_id="r-1"),
        "subject": Subject("user", "u-1", "Jane"),
    }
    event = fields.pop("event", events.USER_UPDATED)
    record_all(event_row(event, **(values | fields)) for _number in range(count))


def test_an_event_as_json(tmp_path: Path) -> None:
    record(changes=[{"attribute": "department", "before": None, "after": NASTY}], details=NASTY)
    event = told(tmp_path)[0]
    assert event["label"] == "User Updated"
    assert event["actor"] == {"kind": "administrator", "id": "7", "name": "ana"}
    assert event["subject"] == {"type": "user", "id": "u-1", "name": "Jane"}
    assert (event["details"], event["changes"][0]["after"]) == (NASTY, NASTY)
    assert datetime.fromisoformat(event["time"]).tzinfo


def test_an_event_as_cef(tmp_path: Path) -> None:
    record(
        subject=Subject("user", "u-1", NASTY),
        details=NASTY,
        changes=[{"attribute": "department", "before": None, "after": NASTY}],
    )
    (line,) = lines(tmp_path, "--format", "cef")
    head, values = parsed(line)
    assert head[:2] == ["CEF:0", "MDM portal"]
    assert head[4:] == ["user.updated", "User Updated", "2"]
    unix = NASTY.replace("\r\n", "\n")
    assert (values["msg"], values["duser"], values["cs1"]) == (unix, unix, unix)
    assert json.loads(values["cs4"])[0]["after"] == NASTY
    assert (values["src"], values["suser"], values["outcome"]) == ("192.0.2.7", "ana", "success")
    assert values["cs1Label"] == "Subject"
    moment = datetime.fromtimestamp(int(values["rt"]) / 1000, UTC)
    assert abs((Event.objects.get().occurred_at - moment).total_seconds()) < 0.002


@pytest.mark.parametrize(
    ("address", "key"), [("192.0.2.7", "src"), ("2001:db8::7", "c6a2"), ("?", "shost")]
)
def test_each_kind_of_address_has_its_key(tmp_path: Path, address: str, key: str) -> None:
    record(actor=Actor("administrator", "7", "ana", address=address))
    assert parsed(lines(tmp_path, "--format", "cef")[0])[1][key] == address


def test_what_fails_and_what_takes_away_is_severe(tmp_path: Path) -> None:
    record(event=events.SIGN_IN_FAILED, status=Event.FAILURE)
    record(event=events.USER_DELETED)
    record(event=events.USER_DISABLED)
    heads = [parsed(text)[0] for text in lines(tmp_path, "--format", "cef")]
    assert [head[6] for head in heads] == ["7", "6", "4"]


def test_the_head_escapes_its_bars() -> None:
    from audit.siem import cef_line

    event = event_row(events.USER_UPDATED, actor=Actor.system(), subject=Subject("user", "1", "x"))
    event.event, event.occurred_at, event.pk = "odd|event\\\nname", datetime.now(UTC), 1
    assert r"|odd\|event\\ name|odd\|event\\ name|2|rt=" in cef_line(event)


def test_long_values_are_cut_to_what_cef_allows(tmp_path: Path) -> None:
    record(details="x" * 5000, changes=[{"attribute": "a", "before": "y" * 9000, "after": 1}])
    values = parsed(lines(tmp_path, "--format", "cef")[0])[1]
    assert (len(values["msg"]), len(values["cs4"])) == (1023, 4000)


def test_the_words_are_english_whoever_exports(tmp_path: Path) -> None:
    record()
    with translation.override("fr"):
        assert told(tmp_path)[0]["label"] == "User Updated"


def test_a_range_and_kinds_narrow_the_trail(tmp_path: Path) -> None:
    record()
    record(event=events.USER_DELETED)
    record(event=events.SIGNED_IN)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only")
        days = ("2026-01-30T23:59:59.999Z", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z")
        for event, day in zip(Event.objects.order_by("id"), days, strict=True):
            cursor.execute("UPDATE audit_event SET occurred_at = %s WHERE id = %s", [day, event.pk])
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER audit_event_append_only")

    def found(*arguments: str) -> list[str]:
        return [event["event"] for event in told(tmp_path, *arguments)]

    assert found() == ["user.updated", "user.deleted", "administrator.signed_in"]
    assert found("--since", "2026-01-31", "--until", "2026-01-31") == ["user.deleted"]
    assert found("--until", "2026-01-31T00:00:00Z") == ["user.updated"]
    assert found("--since", "2026-01-31T01:00:00+01:00") == found()[1:]
    assert found("--event", "user.updated", "--event", "user.deleted") == found()[:2]


def test_more_events_than_a_batch_come_whole_and_in_order(tmp_path: Path) -> None:
    record(1234)
    ids = [event["id"] for event in told(tmp_path)]
    assert ids == sorted(Event.objects.values_list("id", flat=True))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--since", "yesterday"),
        ("--until", "2026-02-30"),
        ("--event", "user.sneezed"),
        ("--format", "xml"),
        ("--since", "2026-02-02", "--until", "2026-02-01"),
    ],
)
def test_nonsense_is_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        lines(tmp_path, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_standard_output_holds_the_events_alone() -> None:
    record(3)
    done = operate("audit_export", "--format", "cef", "--json")
    assert done.returncode == 0
    assert [text[:6] for text in done.stdout.splitlines()] == ["CEF:0|"] * 3
    assert json.loads(done.stderr) == {"file": "-", "events": 3}
