"""scim2-cli against running servers: its compliance check, and the verbs as a person types them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.scim.conftest import connect

pytestmark = pytest.mark.django_db(transaction=True)
SCIM2 = Path(sys.executable).with_name("scim2")


class Cli:
    """The command line client of one provider."""

    def __init__(self, url: str, secret: str) -> None:
        """Speak to a target SCIM URL."""
        self.url = url
        self.environment = {**os.environ, "SCIM_CLI_HEADERS": f"Authorization: Bearer {secret}"}

    def run(self, *arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        """Return what a command did."""
        return subprocess.run(
            [str(SCIM2), "--url", self.url, *arguments],
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=self.environment,
        )

    def json(self, *arguments: str, text: str = "") -> Any:
        """Return the JSON that a command printed."""
        done = self.run(*arguments, text=text)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.mark.parametrize("provider", ["other", "okta", "entra"])
def test_the_compliance_check_finds_nothing(site: str, provider: str) -> None:
    done = Cli(site, connect(provider).secret).run("test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout
    assert not {"ERROR", "FAILURE", "CRITICAL"} & set(done.stdout.split()), done.stdout


def test_the_verbs(site: str) -> None:
    """Create, query, search, replace and delete; each answer is parsed by a strict client."""
    cli = Cli(site, connect("other").secret)
    user = cli.json("create", "user", "--user-name", "ana@ex.org", "--display-name", "Ana")
    found = cli.json("search", "--filter", 'userName eq "ANA@ex.org"')
    assert [one["id"] for one in found["Resources"]] == [user["id"]]
    body = json.dumps({**user, "displayName": "Ana R"})
    assert cli.json("replace", "user", text=body)["displayName"] == "Ana R"
    assert cli.json("query", "user", user["id"])["displayName"] == "Ana R"
    assert cli.run("delete", "user", user["id"]).returncode == 0
    assert cli.json("query", "user")["totalResults"] == 0
