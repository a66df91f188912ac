"""``manage.py check --deploy``, as an operator runs it before going live."""

import os
import subprocess
import sys

from mdm_portal.runtime import BASE

FOR_THE_BROWSER = "DJANGO_ALLOW_ASYNC_UNSAFE"
"""What the tests with a browser set for their own process."""


def checked(**settings: str) -> "subprocess.CompletedProcess[str]":
    """Return what the check says of these settings."""
    command = [sys.executable, str(BASE / "manage.py"), "check", "--deploy"]
    ours = {name: value for name, value in os.environ.items() if name != FOR_THE_BROWSER}
    return subprocess.run(
        [*command, "--fail-level", "WARNING"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=ours
        | {
            "SECRET_KEY": "0123456789abcdef" * 4,
            "PUBLIC_URL": "https://mdm.example.org",
            "BEHIND_PROXY": "true",
        }
        | settings,
    )


def test_a_site_behind_tls_has_nothing_to_be_warned_of() -> None:
    found = checked()
    assert found.returncode == 0, found.stderr
    assert "System check identified no issues" in found.stdout


def test_it_still_warns_of_what_is_wrong() -> None:
    found = checked(SECRET_KEY="short", PUBLIC_URL="", DEBUG="true")
    assert found.returncode == 1
    for warning in ("W004", "W009", "W012", "W018"):
        assert f"security.{warning}" in found.stderr
