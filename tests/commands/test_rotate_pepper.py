"""``manage.py rotate_pepper``: a new pepper, and no call is lost on the way."""

import json
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.actors import Actor
from audit.models import Event
from mdm_portal import surroundings
from mdm_portal.api.models import ApiToken
from mdm_portal.api.tokens import administrator_of, issue
from mdm_portal.doctor.secrets import check_peppers
from scim_provisioning.tokens import credentials, services
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.secrets import mark_of, split
from scim_provisioning.tokens.selectors import current_tokens
from tests.services.parallel import in_parallel

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("tests")
OLD, NEW = "the pepper of last year", "the pepper of this year"
REKEYED = "SCIM Token Re-keyed"


def run(*arguments: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("rotate_pepper", *arguments, stdout=out)
    return out.getvalue().strip()


def peppers() -> dict[str, str]:
    """Return the pepper of each token by its visible prefix."""
    return {one["prefix"]: one["pepper"] for one in json.loads(run("status", "--json"))["tokens"]}


@pytest.fixture(autouse=True)
def _in_force(settings: Any) -> None:
    """Begin with the old pepper."""
    settings.TOKEN_PEPPER, settings.TOKEN_PEPPER_PREVIOUS = OLD, ""
    settings.TOKEN_PEPPER_NEXT = ""


@pytest.fixture
def secret() -> str:
    """Return the secret of a token made with the old pepper."""
    return services.generate(provider="okta", lifetime_days=None, actor=OPERATOR).secret


def rotate(settings: Any) -> None:
    """Put the new pepper in force, as after a restart."""
    settings.TOKEN_PEPPER, settings.TOKEN_PEPPER_PREVIOUS = NEW, OLD
    credentials.forget_all()


def call(secret: str) -> int:
    """Return the status of a SCIM call."""
    answer = Client().get("/scim/v2/Users?count=0", HTTP_AUTHORIZATION=f"Bearer {secret}")
    return int(answer.status_code)


def rekeyed() -> list[Event]:
    """Return what the trail says of tokens that followed."""
    return [event for event in Event.objects.all() if event.label == REKEYED]


def test_a_token_follows_with_its_first_call_and_the_trail_says_so(
    settings: Any, secret: str
) -> None:
    rotate(settings)
    assert peppers() == {secret[:13]: "previous"}
    assert call(secret) == 200
    assert peppers() == {secret[:13]: "in force"}
    settings.TOKEN_PEPPER_PREVIOUS = ""
    credentials.forget_all()
    assert call(secret) == 200
    event = rekeyed()[0]
    assert event.changes == [{"attribute": "pepper", "before": mark_of(OLD), "after": mark_of(NEW)}]
    assert (event.actor_kind, event.provider) == ("system", "okta")
    assert len(rekeyed()) == 1


def test_the_hot_path_costs_no_statement_more_after_it_followed(settings: Any, secret: str) -> None:
    rotate(settings)
    header = f"Bearer {secret}"
    credentials.authenticate(header, "")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for _call in range(20):
            credentials.authenticate(header, "")
    assert len(asked) == 0


def test_a_wrong_secret_is_refused_and_changes_nothing(settings: Any, secret: str) -> None:
    before = ScimToken.objects.get().digest
    rotate(settings)
    last = "a" if secret[-1] != "a" else "b"
    assert call(secret[:-1] + last) == 401
    assert ScimToken.objects.get().digest == before


@pytest.mark.django_db(transaction=True)
def test_processes_at_once_re_key_once(settings: Any, secret: str) -> None:
    rotate(settings)
    outcomes = in_parallel([partial(credentials.authenticate, f"Bearer {secret}", "")] * 6)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert len(rekeyed()) == 1


def test_servers_that_restart_in_turn_lose_no_call(settings: Any, secret: str) -> None:
    """One server has the new pepper in force, the other only knows it as the next one."""
    for in_force, previous, following in ((OLD, "", NEW), (NEW, OLD, NEW), (OLD, "", NEW)) * 2:
        settings.TOKEN_PEPPER, settings.TOKEN_PEPPER_PREVIOUS = in_force, previous
        settings.TOKEN_PEPPER_NEXT = following
        credentials.forget_all()
        assert call(secret) == 200
    assert split(ScimToken.objects.get().digest)[0] == mark_of(NEW)
    assert len(rekeyed()) == 1, "nobody re-keys back"


def test_the_old_secret_of_a_renewal_follows_too(settings: Any, secret: str) -> None:
    token = ScimToken.objects.get()
    renewed = services.renew(token_id=token.id, overlap_hours=24, actor=OPERATOR).secret
    rotate(settings)
    assert set(peppers().values()) == {"previous"}
    assert [call(secret), call(renewed)] == [200, 200]
    assert set(peppers().values()) == {"in force"}


def test_an_inactive_token_stays_refused(settings: Any, secret: str) -> None:
    services.deactivate(token_id=ScimToken.objects.get().id, actor=OPERATOR)
    rotate(settings)
    assert call(secret) == 401


def test_a_digest_of_an_older_release_is_known_and_marked_without_a_word(secret: str) -> None:
    ScimToken.objects.update(digest=split(ScimToken.objects.get().digest)[1])
    assert peppers() == {secret[:13]: "unmarked"}
    assert call(secret) == 200
    assert peppers() == {secret[:13]: "in force"}
    assert rekeyed() == []


def test_tokens_of_the_admin_api_follow_too(settings: Any, administrator: Any) -> None:
    secret = issue(username="admin", name="ci", lifetime_days=9, actor=OPERATOR).secret
    rotate(settings)
    assert administrator_of(secret) == administrator
    settings.TOKEN_PEPPER_PREVIOUS = ""
    assert administrator_of(secret) == administrator
    events = [event for event in Event.objects.all() if event.label == "API Token Re-keyed"]
    assert len(events) == 1


def test_without_the_former_pepper_tokens_are_refused_and_the_doctor_says_why(
    settings: Any, secret: str
) -> None:
    settings.TOKEN_PEPPER = NEW
    assert call(secret) == 401
    assert "hang on a pepper that is not set" in run("status")
    assert check_peppers().state == "failure"
    rotate(settings)
    assert check_peppers().state == "warning"
    assert call(secret) == 200
    settings.TOKEN_PEPPER_PREVIOUS = ""
    assert check_peppers().state == "ok"


def test_finish_ends_what_did_not_follow_and_nothing_else(
    settings: Any, secret: str, administrator: Any
) -> None:
    idle = services.generate(provider="entra", lifetime_days=None, actor=OPERATOR)
    issue(username="admin", name="ci", lifetime_days=9, actor=OPERATOR)
    rotate(settings)
    assert call(secret) == 200
    with pytest.raises(CommandError, match=r"not used since.*Microsoft Entra ID.*--yes"):
        run("finish")
    assert current_tokens().count() == 2
    ended = json.loads(run("finish", "--yes", "--json"))["ended"]
    assert {one["kind"] for one in ended} == {"scim_token", "api_token"}
    assert idle.token.key_id in {one["prefix"] for one in ended}
    assert [token.key_id for token in current_tokens()] == [secret[:13]]
    assert not ApiToken.objects.exists()
    assert "can be finished" in run("status")
    assert "Ended: 0 SCIM tokens" in run("finish")


def test_new_prints_a_pepper_and_the_steps(settings: Any) -> None:
    text = run("new")
    assert "TOKEN_PEPPER_PREVIOUS" in text
    assert len(json.loads(run("new", "--json"))["pepper"]) == 64
    rotate(settings)
    with pytest.raises(CommandError, match="under way"):
        run("new")


def test_the_secrets_of_up_are_rotated_in_place(
    settings: Any, tmp_path: Path, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TOKEN_PEPPER", "TOKEN_PEPPER_PREVIOUS", "TOKEN_PEPPER_NEXT"):
        monkeypatch.delenv(name, raising=False)
    settings.DATA_DIR = tmp_path
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"SECRET_KEY": "k", "TOKEN_PEPPER": OLD}))
    assert "Stop `up`" in run("new", "--write")
    assert file.stat().st_mode & 0o077 == 0
    # The next `up` hands these to the portal.
    given = surroundings.of(tmp_path, "127.0.0.1", "http://127.0.0.1:1")
    assert given["TOKEN_PEPPER_PREVIOUS"] == OLD
    settings.TOKEN_PEPPER = given["TOKEN_PEPPER"]
    settings.TOKEN_PEPPER_PREVIOUS = given["TOKEN_PEPPER_PREVIOUS"]
    credentials.forget_all()
    assert call(secret) == 200
    assert str(file) in run("finish")
    assert set(json.loads(file.read_text())) == {"SECRET_KEY", "TOKEN_PEPPER"}


def test_a_pepper_that_is_kept_elsewhere_is_not_written(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    with pytest.raises(CommandError, match="set the new one yourself"):
        run("new", "--write")
    assert list(tmp_path.iterdir()) == []
