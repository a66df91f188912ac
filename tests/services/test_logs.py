"""Log lines, and the id that leads from an answer to everything that came of its request."""

import json
import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from audit.actors import Actor
from audit.log_context import log_context, logging_also
from audit.models import Event
from mdm_portal import jobs, logs
from mdm_portal.celery import app
from scim_provisioning.activity import recorder
from scim_provisioning.activity.models import ScimRequest
from scim_provisioning.invitations import services, wakeups
from scim_provisioning.settings.services import set_auto_invite
from tests.scim.conftest import connect
from tests.services.celery_worker import awaited, running_worker

PERSON = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "jane@example.org",
    "emails": [{"value": "jane@example.org", "primary": True}],
}


def line(form: str = logs.JSON, **options: Any) -> str:
    """Return what the log gets of one record."""
    given = {"name": "room", "level": logging.WARNING, "msg": "Said", "args": ()} | options
    record = logging.makeLogRecord({})
    record.__dict__.update(
        logging.LogRecord(
            given.pop("name"),
            given.pop("level"),
            __file__,
            1,
            given.pop("msg"),
            given.pop("args"),
            given.pop("exc_info", None),
        ).__dict__
    )
    record.__dict__.update(given)
    return logs.Formatter(form).format(record)


def failure() -> Any:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        return type(error), error, error.__traceback__


def test_a_line_is_json_with_what_may_be_told() -> None:
    with logging_also(request_id="abc"):
        found = json.loads(line(msg="%s was “said”", args=("It",), status=201, password="secret"))
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT[\d:.]+Z", found.pop("timestamp"))
    assert found == {
        "event": "It was “said”",
        "level": "warning",
        "logger": "room",
        "request_id": "abc",
        "status": 201,
    }


def test_an_error_stays_on_its_line() -> None:
    text = line(exc_info=failure())
    assert "\n" not in text
    assert json.loads(text)["exception"].endswith("ValueError: two\nlines")


def test_people_read_lines() -> None:
    with logging_also(request_id="abc"):
        first, *rest = line(logs.LINE, exc_info=failure()).splitlines()
    assert first.endswith("Z warning room Said request_id=abc")
    assert rest[-1] == "lines"


def test_whatever_is_logged_is_one_line() -> None:
    assert json.loads(line(count={1: object()}))["count"]["1"].startswith("<object")


def test_a_page_carries_the_id_that_its_event_has(portal: Client) -> None:
    answer = portal.post(
        "/admin/configurations/", {"kind": "nothing"}, headers={"X-Request-ID": "mine"}
    )
    assert re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"])
    answer = portal.post("/sign-out/")
    assert Event.objects.filter(request_id=answer["X-Request-ID"]).exists()
    assert log_context() == {}


@pytest.mark.parametrize("path", ["/scim/v2/Users", "/scim/v2/nothing", "/nothing", "/healthz"])
def test_every_answer_has_an_id(client: Client, db: None, path: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", client.get(path)["X-Request-ID"])
    assert log_context() == {}


def test_a_request_is_a_line_where_info_is_wanted(
    portal: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        portal.get("/invitations/secret-link/")
        portal.get('/scim/v2/Users?filter=userName eq "jane"')
    told = [json.loads(logs.Formatter().format(record)) for record in caplog.records]
    assert [(entry["event"], entry["status"]) for entry in told] == [
        ("Request", 404),
        ("SCIM request", 401),
    ]
    assert not re.search("secret|jane", json.dumps(told))


@pytest.mark.django_db(transaction=True)
def test_one_id_from_the_answer_to_the_task(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(services, "GRACE", timedelta())
    monkeypatch.setattr(wakeups, "_quiet_until", 0.0)
    set_auto_invite(provider="okta", enabled=True, actor=Actor.system())
    headers = {"Authorization": f"Bearer {connect('okta').secret}"}
    log = tmp_path / "worker.log"
    options = {"LOG_LEVEL": "INFO", "LOG_FORMAT": "json", "EMAIL_URL": f"filemail:///{tmp_path}"}
    with running_worker(log, **options):
        answer = client.post(
            "/scim/v2/Users", PERSON, content_type="application/scim+json", headers=headers
        )
        assert answer.status_code == 201
        mine = answer["X-Request-ID"]
        lines = awaited(log, "succeeded")
        app.send_task(jobs.TASK, ["forget-imports"])
        lines = awaited(log, "forget-imports: done")
    recorder.flush()
    assert ScimRequest.objects.get().request_id == mine
    assert Event.objects.get(event="user.created").request_id == mine
    told = [json.loads(text) for text in lines if text.startswith("{")]
    task = next(entry for entry in told if "succeeded" in entry["event"])
    assert (task["request_id"], task["task"]) == (mine, wakeups.TASK)
    clock = next(entry for entry in told if "forget-imports" in entry["event"])
    assert "request_id" not in clock
