"""scim-sanity's probe against a live server: no failure."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.scim import probe
from tests.scim.conftest import connect
from tests.scim.live import served

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERED_204 = {
    "PATCH /Groups/{id}": "Expected HTTP 200, got 204 (RFC 7644 §3.3); Response body is empty",
    "PATCH /Groups/{id} add member": "Expected 200, got 204",
    "PATCH /Groups/{id} remove members": "Expected 200, got 204",
}
"""Entra ID gets 204 for groups (decision 25, RFC 7644 section 3.5.2); the probe knows 200 only."""


def failures(log: Path, provider: str, *options: str) -> dict[str, str]:
    """Return what the probe finds wrong with a provider's profile."""
    client = connect(provider)
    member = client.post("/Users", {"userName": "somebody@ex.org"}).json()["id"]
    with served(log) as url:
        command = [sys.executable, probe.__file__, member, "probe", url, "--token", client.secret]
        command += ["--i-accept-side-effects", "--json-output", *options]
        result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found: list[dict[str, Any]] = json.loads(result.stdout)["results"]
    assert sum(one["status"] == "pass" for one in found) > 20, result.stdout
    return {
        one["name"]: one.get("message", "")
        for one in found
        if one["status"] not in ("pass", "skip")
    }


def test_the_generic_profile_strictly(tmp_path: Path) -> None:
    """The RFC to the letter, warnings included."""
    assert failures(tmp_path / "portal.log", "other", "--strict") == {}


def test_oktas_profile_strictly(tmp_path: Path) -> None:
    """The same for Okta."""
    assert failures(tmp_path / "portal.log", "okta", "--strict") == {}


def test_the_probes_entra_profile_on_the_generic_one(tmp_path: Path) -> None:
    """With 200 for a group's PATCH, as the probe knows it, nothing is wrong."""
    assert failures(tmp_path / "portal.log", "other", "--profile", "entra", "--strict") == {}


def test_entras_profile(tmp_path: Path) -> None:
    """Nothing but the 204 that Entra ID expects."""
    found = failures(tmp_path / "portal.log", "entra", "--profile", "entra")
    assert found == ANSWERED_204
