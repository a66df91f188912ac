"""``manage.py scim_token``: the same services as the page, for operators and scripts."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.models import Event
from scim_provisioning.tokens import credentials
from scim_provisioning.tokens.models import ScimToken
from scim_provisioning.tokens.selectors import current_tokens

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("scim_token", *arguments, stdout=out)
    return out.getvalue().strip()


def made(*arguments: str) -> dict[str, Any]:
    """Return a fresh token as scripts get it."""
    found: dict[str, Any] = json.loads(run("generate", "--idp", "okta", "--json", *arguments))
    return found


def test_generate_prints_a_token_that_works() -> None:
    lines = run("generate", "--idp", "entra").splitlines()
    secret = lines[0].removeprefix("Token: ")
    credential = credentials.authenticate(f"Bearer {secret}", "")
    assert credential.provider == "entra"
    assert "not shown again" in lines[-1]
    event = Event.objects.get()
    assert (event.label, event.actor_kind) == ("SCIM Token Created", "operator")
    assert event.actor_name


def test_generate_prints_json_for_scripts(settings: Any) -> None:
    settings.PUBLIC_URL = "https://mdm.example.org"
    token = made("--lifetime", "never")
    assert token["scim_url"] == "https://mdm.example.org/scim/v2"
    assert token["status"] == "active"
    assert token["expires_at"] is None
    assert token["token"].startswith(token["prefix"])


@pytest.mark.parametrize(
    "arguments", [["generate", "--idp", "nobody"], ["generate", "--idp", "okta", "--lifetime", "7"]]
)
def test_what_is_not_offered_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        run(*arguments)


def test_the_third_is_refused_in_one_line() -> None:
    made()
    made()
    with pytest.raises(CommandError, match=r"^The maximum of 2 tokens is reached\.[^\n]+$"):
        made()


def test_list_tells_each_token_and_no_secret() -> None:
    assert run("list") == "No token exists yet."
    token = made()
    line = run("list")
    assert line.startswith(f"{token['prefix']}…  Okta  Active  expires 20")
    listed = json.loads(run("list", "--json"))
    assert listed == json.loads(run("--json", "list"))
    assert [entry["id"] for entry in listed] == [token["id"]]
    assert "token" not in listed[0]
    assert token["token"] not in line


@pytest.mark.parametrize("form", ["id", "prefix", "shown", "short"])
def test_a_token_is_known_by_its_id_or_its_prefix(form: str) -> None:
    token = made()
    names = {
        "id": token["id"],
        "prefix": token["prefix"],
        "shown": f"{token['prefix']}…",
        "short": token["prefix"].removeprefix("scim_"),
    }
    assert "Inactive" in run("deactivate", names[form])
    assert "Active" in run("activate", names[form])


def test_a_prefix_of_two_tokens_is_refused() -> None:
    for last in "xy":
        ScimToken.objects.filter(id=made()["id"]).update(key_id=f"scim_abc4567{last}")
    with pytest.raises(CommandError, match="more than one token"):
        run("deactivate", "scim_abc")


@pytest.mark.parametrize("name", ["", "scim_", "scim_ab", "…"])
def test_hardly_any_prefix_is_no_prefix(name: str) -> None:
    ScimToken.objects.filter(id=made()["id"]).update(key_id="scim_abc45678")
    with pytest.raises(CommandError, match="does not exist"):
        run("remove", name, "--yes")


def test_renew_prints_the_new_secret_and_keeps_the_old_one_for_an_hour() -> None:
    old = made()
    new = json.loads(run("renew", old["id"], "--json"))
    assert new["id"] == old["id"]
    assert new["token"] != old["token"]
    for secret in (old["token"], new["token"]):
        assert credentials.authenticate(f"Bearer {secret}", "")
    newest = json.loads(run("renew", old["id"], "--overlap", "0", "--json"))
    credentials.forget_all()
    with pytest.raises(credentials.InvalidCredential):
        credentials.authenticate(f"Bearer {new['token']}", "")
    assert credentials.authenticate(f"Bearer {newest['token']}", "")


def test_remove_asks_unless_told_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    token = made()
    monkeypatch.setattr("sys.stdin", StringIO("y\n"))
    with pytest.raises(CommandError, match="add --yes"):
        run("remove", token["id"])
    assert current_tokens().exists()
    assert run("remove", token["id"], "--yes") == f"Removed {token['prefix']}…"
    assert not current_tokens().exists()


@pytest.mark.parametrize(("answer", "left"), [("y\n", 0), ("n\n", 1), ("", 1)])
def test_remove_goes_by_the_answer(monkeypatch: pytest.MonkeyPatch, answer: str, left: int) -> None:
    token = made()
    terminal = StringIO(answer)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    try:
        run("remove", token["id"])
    except CommandError as error:
        assert str(error) == "Nothing was done."
    assert current_tokens().count() == left


@pytest.mark.parametrize("action", ["activate", "deactivate", "renew", "remove"])
def test_an_unknown_token_is_one_line(action: str) -> None:
    more = ["--yes"] if action == "remove" else []
    for name in ("scim_nobody", "8b0f1d2c-0000-4000-8000-000000000000", ""):
        with pytest.raises(CommandError, match="does not exist any more"):
            run(action, name, *more)
    assert not ScimToken.objects.exists()
