"""The request log of running servers: written behind the requests, also when a server stops."""

import time
from pathlib import Path

import httpx
import pytest

from scim_provisioning.activity.models import ScimRequest
from tests.scim.conftest import connect
from tests.scim.live import served

pytestmark = pytest.mark.django_db(transaction=True)


def test_all_requests_are_there_when_the_servers_have_stopped(tmp_path: Path) -> None:
    """Two workers; the last request comes just before they are told to stop."""
    headers = {"Authorization": f"Bearer {connect('okta').secret}"}
    sent = set()
    with served(tmp_path / "log") as url, httpx.Client(headers=headers) as client:
        for number in range(200):
            answer = client.post(f"{url}/Users", json={"userName": f"user{number}"})
            sent.add(answer.headers["X-Request-ID"])
    assert len(sent) == 200
    assert sent <= set(ScimRequest.objects.values_list("request_id", flat=True))


def test_a_request_is_in_the_log_within_two_seconds(tmp_path: Path) -> None:
    headers = {"Authorization": f"Bearer {connect('okta').secret}"}
    with served(tmp_path / "log") as url:
        answer = httpx.get(f"{url}/Users", headers=headers)
        rows = ScimRequest.objects.filter(request_id=answer.headers["X-Request-ID"])
        end = time.monotonic() + 2
        while not rows.exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert rows.get().status == 200
