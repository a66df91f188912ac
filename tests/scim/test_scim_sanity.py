"""scim-sanity's probe against a live server: no failure."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.scim import probe
from tests.scim.conftest import connect

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERED_204 = {
    "PATCH /Groups/{id}": "Expected HTTP 200, got 204 (RFC 7644 §3.3); Response body is empty",
    "PATCH /Groups/{id} add member": "Expected 200, got 204",
    "PATCH /Groups/{id} remove members": "Expected 200, got 204",
}
"""Entra ID gets 204 for groups (decision 25, RFC 7644 section 3.5.2); the probe knows 200 only."""


def failures(site: str, provider: str, *options: str) -> dict[str, str]:
    """Return what the probe finds wrong with a provider's profile."""
    client = connect(provider)
    member = client.post("/Users", {"userName": "somebody@ex.org"}).json()["id"]
    command = [sys.executable, probe.__file__, member, "probe", site, "--token", client.secret]
    command += ["--i-accept-side-effects", "--json-output", *options]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found: list[dict[str, Any]] = json.loads(result.stdout)["results"]
    assert sum(one["status"] == "pass" for one in found) > 20, result.stdout
    return {
        one["name"]: one.get("message", "")
        for one in found
        if one["status"] not in ("pass", "skip")
    }


def test_the_generic_profile_strictly(site: str) -> None:
    """The RFC to the letter, warnings included."""
    assert failures(site, "other", "--strict") == {}


def test_oktas_profile_strictly(site: str) -> None:
    """The same for Okta."""
    assert failures(site, "okta", "--strict") == {}


def test_the_probes_entra_profile_on_the_generic_one(site: str) -> None:
    """With 200 for a group's PATCH, as the probe knows it, nothing is wrong."""
    assert failures(site, "other", "--profile", "entra", "--strict") == {}


def test_entras_profile(site: str) -> None:
    """Nothing but the 204 that Entra ID expects."""
    found = failures(site, "entra", "--profile", "entra")
    assert found == ANSWERED_204
