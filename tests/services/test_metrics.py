"""/metrics: who may read it, what it tells, and that nothing is lost between processes."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from mdm_portal import metrics
from mdm_portal.worker_figures import Figures
from scim_provisioning.directory.models import User
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.tokens.models import ScimToken
from tests.scim.conftest import connect
from tests.scim.live import served

READER = {"Authorization": "Bearer monitor"}


@pytest.fixture(autouse=True)
def _token(settings: Any) -> Iterator[None]:
    settings.METRICS_TOKEN = "monitor"
    metrics.forget()
    yield
    metrics.forget()


def figures(text: str) -> dict[str, float]:
    """Return the value of each line."""
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _space, value in lines}


def read(client: Client) -> dict[str, float]:
    return figures(client.get("/metrics", headers=READER).content.decode())


def waiting(**moment: float) -> None:
    """Store an invitation that is due at a moment from now."""
    user = User.objects.create(user_name=f"user{Invitation.objects.count()}")
    Invitation.objects.create(user=user, due_at=timezone.now() + timedelta(**moment))


@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer other", "monitor", "Bearer é"])
def test_nobody_reads_it_without_the_token(client: Client, sent: str) -> None:
    answer = client.get("/metrics", headers={"Authorization": sent})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="metrics"'


def test_without_a_token_in_the_settings_there_is_no_such_page(
    client: Client, db: None, settings: Any
) -> None:
    settings.METRICS_TOKEN = ""
    for headers in ({}, {"Authorization": "Bearer "}):
        assert client.get("/metrics", headers=headers).status_code == 404


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/metrics", headers=READER).status_code in {403, 405}


def test_requests_are_counted_by_idp_method_resource_and_status(client: Client, db: None) -> None:
    okta = connect("okta")
    before = read(client)
    okta.get("/Users")
    okta.post("/Users", {"userName": "jane"})
    okta.post("/Users", {"userName": "jane"})
    client.generic("BREW", "/scim/v2/Coffee")
    after = read(client)

    def more(name: str) -> float:
        return after[name] - before.get(name, 0)

    for method, status in (("GET", 200), ("POST", 201), ("POST", 409)):
        labels = f'idp="okta",method="{method}",resource="User",status="{status}"'
        assert more(f"scim_requests_total{{{labels}}}") == 1
    labels = 'idp="okta",method="POST",resource="User"'
    assert more(f"scim_request_duration_seconds_count{{{labels}}}") == 2
    assert 0 < more(f"scim_request_duration_seconds_sum{{{labels}}}") < 10
    assert not any("BREW" in name or "Coffee" in name for name in after)
    stranger = 'idp="none",method="other",resource="other",status="401"'
    assert more(f"scim_requests_total{{{stranger}}}") == 1


def test_outbox_tokens_and_queue_stand_as_they_do(client: Client, db: None) -> None:
    connect("okta")
    token = ScimToken.objects.get()
    waiting(seconds=-90)
    waiting(seconds=-10)
    waiting(hours=1)
    found = read(client)
    assert found["mdm_outbox_size"] == 3
    assert found["mdm_outbox_due"] == 2
    assert 90 <= found["mdm_outbox_age_seconds"] < 95
    labels = f'active="true",idp="okta",token="{token.key_id}"'
    assert found[f"scim_token_expiry_seconds{{{labels}}}"] == pytest.approx(30 * 86400, abs=60)
    assert found["mdm_queue_length"] >= 0
    assert found['mdm_part_up{part="database"}'] == found['mdm_part_up{part="broker"}'] == 1


def test_it_asks_the_database_seldom(
    client: Client, db: None, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        read(client)
        read(client)


def test_what_does_not_answer_is_told_and_the_rest_is_there(
    client: Client, db: None, settings: Any
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    found = read(client)
    assert found['mdm_part_up{part="broker"}'] == 0
    assert "mdm_queue_length" not in found


# Several processes


@pytest.mark.django_db(transaction=True)
def test_two_workers_count_each_request_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "metrics"))
    monkeypatch.setenv("METRICS_TOKEN", "monitor")
    headers = {"Authorization": f"Bearer {connect('okta').secret}"}
    with served(tmp_path / "log") as url:

        def ask(_number: int) -> int:
            return httpx.get(f"{url}/Users", headers=headers).status_code

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(ask, range(100))) == {200}
        address = url.replace("/scim/v2", "/metrics")
        found = [figures(httpx.get(address, headers=READER).text) for _again in range(6)]
    name = 'scim_requests_total{idp="okta",method="GET",resource="User",status="200"}'
    assert [one[name] for one in found] == [100] * 6
    assert len(list((tmp_path / "metrics").glob("counter_*.db"))) == 2


COUNT = """
from prometheus_client import Counter, Histogram
Counter("jobs_total", "x", ["kind"]).labels("a").inc(3)
Histogram("jobs_seconds", "x", ["kind"], buckets=(1, 2)).labels("a").observe(1.5)
"""


def test_what_ended_processes_counted_stays_and_their_files_go(tmp_path: Path) -> None:
    variables = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    sums = []
    for _process in range(3):
        subprocess.run([sys.executable, "-c", COUNT], env=variables, check=True)
        registry = CollectorRegistry()
        registry.register(Figures(tmp_path))
        generate_latest(registry)
        sums.append(figures(generate_latest(registry).decode()))
    assert [one['jobs_total{kind="a"}'] for one in sums] == [3, 6, 9]
    assert [one['jobs_seconds_bucket{kind="a",le="2.0"}'] for one in sums] == [1, 2, 3]
    assert [one['jobs_seconds_bucket{kind="a",le="1.0"}'] for one in sums] == [0, 0, 0]
    names = sorted(file.name for file in tmp_path.glob("*.db"))
    assert names == ["counter_ended.db", "histogram_ended.db"]
    assert not any(re.search(r"_\d+\.db", name) for name in names)
