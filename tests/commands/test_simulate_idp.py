"""``simulate_idp`` against a live server: what it pushes, what it checks, how it fails."""

import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command
from pytest_django.live_server_helper import LiveServer

from audit.models import Event
from mdm_portal.simulator import client as simulator_client
from mdm_portal.simulator import provider as simulator_links
from mdm_portal.simulator.churn import churned
from mdm_portal.simulator.client import ScimClient
from mdm_portal.simulator.errors import Unexpected
from mdm_portal.simulator.people import company
from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.settings import registry
from scim_provisioning.settings import services as settings_services
from scim_provisioning.tokens import credentials
from tests.scim.conftest import connect, operator

pytestmark = pytest.mark.django_db(transaction=True)
IDPS = ["okta", "entra", "entra-legacy"]


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Start and end each test with empty process caches."""
    credentials.forget_all()
    registry.forget()
    yield
    credentials.forget_all()
    registry.forget()


def run(live_server: LiveServer, idp: str, token: str, *options: str) -> dict[str, Any]:
    """Return the JSON that the command prints."""
    out = io.StringIO()
    url = f"{live_server.url}/scim/v2"
    call_command(
        "simulate_idp", idp, f"--url={url}", f"--token={token}", "--json", *options, stdout=out
    )
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def token_for(idp: str) -> str:
    """Return the secret of a fresh token of the provider that is played."""
    return connect(idp.partition("-")[0]).secret


@pytest.mark.parametrize("idp", IDPS)
def test_a_year_in_the_life(live_server: LiveServer, idp: str) -> None:
    """With churn, the server ends up with exactly what was pushed, custom attributes included."""
    for name in ("badge", "costCode"):
        settings_services.add_custom_attribute(name=name, actor=operator())
    outcome = run(live_server, idp, token_for(idp), "--users=40", "--groups=4", "--churn")
    assert outcome["ok"], outcome["differences"]
    assert outcome["custom_attributes"] == ["badge", "costCode"]
    assert outcome["held"] == outcome["pushed"]
    live = User.objects.filter(deprovisioned_at=None)
    assert outcome["held"] == {
        "users": live.count(),
        "active": live.filter(active=True).count(),
        "groups": Group.objects.count(),
        "memberships": Membership.objects.count(),
        "custom attribute values": 2 * live.count(),
    }
    deleted = outcome["steps"].get("users deleted", 0)
    assert (deleted > 0) == (idp != "okta")
    assert outcome["steps"]["users deactivated"] == 10
    assert outcome["steps"]["users reactivated"] == 5
    assert outcome["steps"]["groups renamed"] == 2


@pytest.mark.parametrize("idp", IDPS)
def test_a_second_run_changes_nothing(live_server: LiveServer, idp: str) -> None:
    """It finds everybody, and neither a version nor the audit trail moves."""
    settings_services.add_custom_attribute(name="badge", actor=operator())
    token = token_for(idp)
    run(live_server, idp, token, "--users=12", "--groups=2")

    def state() -> list[Any]:
        users = list(User.objects.order_by("id").values())
        return [users, list(Group.objects.order_by("id").values()), Event.objects.count()]

    before = state()
    outcome = run(live_server, idp, token, "--users=12", "--groups=2")
    assert outcome["ok"]
    assert outcome["steps"] == {"users matched, unchanged": 12, "groups matched": 2}
    assert set(outcome["requests"]) == {"GET"}
    assert state() == before


@pytest.mark.parametrize("idp", IDPS)
def test_churn_can_be_repeated(live_server: LiveServer, idp: str) -> None:
    """What an earlier run left behind, renamed groups included, is found and brought in line."""
    token = token_for(idp)
    for _run in range(2):
        outcome = run(live_server, idp, token, "--users=24", "--groups=3", "--churn")
        assert outcome["ok"], outcome["differences"]
    assert Group.objects.count() == 3


def test_another_seed_is_another_company(live_server: LiveServer) -> None:
    """Two companies live side by side."""
    token = token_for("entra")
    for seed in (1, 2):
        assert run(live_server, "entra", token, "--users=9", "--groups=2", f"--seed={seed}")["ok"]
    assert User.objects.count() == 18
    assert Group.objects.count() == 4


def test_the_company_is_the_same_for_the_same_seed() -> None:
    """People do not depend on how many there are; churn is the same every time."""
    assert company(5, 2, seed=7) == company(5, 2, seed=7)
    small, large = company(5, 2, seed=7), company(50, 2, seed=7)
    assert all(large.people[key] == person for key, person in small.people.items())
    assert churned(large, hard_delete=True) == churned(large, hard_delete=True)


def test_the_summary_for_people(live_server: LiveServer) -> None:
    """It says what was done and that it holds."""
    out = io.StringIO()
    url, token = f"{live_server.url}/scim/v2/", token_for("okta")
    options = ["--users=6", "--groups=1"]
    call_command("simulate_idp", "okta", f"--url={url}", f"--token={token}", *options, stdout=out)
    text = out.getvalue()
    assert "users created" in text
    assert "The server holds exactly what was pushed." in text
    assert "\x1b" not in text


def test_a_difference_is_found(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that loses a department is found out, with exit code 1."""
    token = token_for("okta")
    run(live_server, "okta", token, "--users=3", "--groups=1")
    user = User.objects.order_by("id").first()
    assert user is not None
    Membership.objects.filter(user=user).delete()
    monkeypatch.setattr("mdm_portal.simulator.simulation.provision", push_nothing)
    out = io.StringIO()
    url = f"{live_server.url}/scim/v2"
    with pytest.raises(SystemExit) as stop:
        call_command(
            "simulate_idp",
            "okta",
            f"--url={url}",
            f"--token={token}",
            "--users=3",
            "--groups=1",
            stdout=out,
        )
    assert stop.value.code == 1
    assert "1 missing, 0 too many" in out.getvalue()
    assert "✗" in out.getvalue()


def push_nothing(provider: Any, company: Any, progress: Any, title: str) -> None:
    """Link everybody without pushing anything."""
    for person in company.people.values():
        found = provider.match_person(person)
        provider.people[person.key] = simulator_links.LinkedPerson(found["id"], person)
    for team in company.teams.values():
        found = provider.match_team(team)
        provider.teams[team.key] = simulator_links.LinkedTeam(found["id"], team)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1:1/scim/v2", "cannot be reached"),
        ("http://no-such-host.invalid/scim/v2", "cannot be reached"),
        ("not a url", "cannot be reached"),
        ("{live}/scim/v2", "refused the token (401)"),
        ("{live}/sign-in", "instead of 200"),
    ],
)
def test_one_line_says_what_is_wrong(live_server: LiveServer, url: str, sentence: str) -> None:
    """No traceback reaches the person at the command line."""
    with pytest.raises(CommandError) as refusal:
        call_command(
            "simulate_idp", "entra", f"--url={url.format(live=live_server.url)}", "--token=wrong"
        )
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_without_token_and_without_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each refusal says what to do."""
    monkeypatch.delenv("SCIM_TOKEN", raising=False)
    with pytest.raises(CommandError, match="scim_token generate"):
        call_command("simulate_idp", "okta", "--url=http://127.0.0.1:1/scim/v2")
    with pytest.raises(CommandError, match="manage.py up"):
        call_command("simulate_idp", "okta", "--token=x")


def test_a_429_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as Retry-After says, in whole seconds; not for ever."""
    waited: list[int] = []
    monkeypatch.setattr("mdm_portal.simulator.client.time.sleep", waited.append)
    answers = iter(
        [
            httpx.Response(429, headers={"Retry-After": "7"}),
            httpx.Response(429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
            httpx.Response(200, json={"Resources": []}),
        ]
    )
    transport = httpx.MockTransport(lambda _request: next(answers))
    with ScimClient("http://test/scim/v2", "t", transport=transport) as client:
        assert client.get("/Users") == {"Resources": []}
    assert waited == [7, simulator_client.DEFAULT_WAIT]
    transport = httpx.MockTransport(lambda _request: httpx.Response(429))
    with ScimClient("http://test/scim/v2", "t", transport=transport) as client:
        with pytest.raises(Unexpected, match="429 10 times"):
            client.get("/Users")


def test_the_flag_of_the_tenant_url_is_sent_along() -> None:
    """``?aadOptscim062020`` stays with every request."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, json={})

    url = "http://test/scim/v2/?aadOptscim062020"
    with ScimClient(url, "t", transport=httpx.MockTransport(answer)) as client:
        client.get("/Users", filter='userName eq "a"')
    assert seen[0].startswith("http://test/scim/v2/Users?aadOptscim062020=&filter=userName")
