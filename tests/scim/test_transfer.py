"""How bodies travel: in chunks, compressed, too long; against running servers."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.scim.conftest import connect
from tests.scim.live import served

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    """Give a client of a running server."""
    headers = {
        "Authorization": f"Bearer {connect('entra').secret}",
        "Content-Type": "application/scim+json",
    }
    with (
        served(tmp_path / "log", workers=1) as url,
        httpx.Client(base_url=url, headers=headers, timeout=20) as found,
    ):
        yield found


def in_chunks(body: bytes, size: int) -> Iterator[bytes]:
    """Yield a body piece by piece: httpx then sends no Content-Length."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


def test_bodies_travel_as_they_like_within_the_limit(client: httpx.Client) -> None:
    body = '{"userName":"zoë@ex.org","displayName":"🎉"}'.encode()
    made = client.post("/Users", content=in_chunks(body, 7))
    assert (made.status_code, made.json()["displayName"]) == (201, "🎉")
    plain = client.post("/Users", content=body)
    assert (plain.status_code, plain.json()["scimType"]) == (409, "uniqueness")
    large = b'{"userName":"' + b"x" * (1024 * 1024 + 1) + b'"}'
    for content in (large, in_chunks(large, 65536)):
        answer = client.post("/Users", content=content)
        assert (answer.status_code, answer.json()["status"]) == (413, "413")
    packed = client.post("/Users", content=body, headers={"Content-Encoding": "gzip"})
    assert (packed.status_code, packed.json()["status"]) == (415, "415")
    assert client.post("/Users", content=in_chunks(b"", 1)).json()["scimType"] == "invalidSyntax"
    assert client.get("/Users?count=0").json()["totalResults"] == 1
