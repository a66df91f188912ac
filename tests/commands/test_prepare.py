"""``manage.py prepare``: nodes that are upgraded together take turns."""

import subprocess
import sys

import pytest

from mdm_portal.runtime import BASE
from scim_provisioning.locks import single
from tests.commands.site import environment

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = 3


def test_a_node_waits_while_another_prepares() -> None:
    with single("prepare") as is_alone:
        assert is_alone
        waiting = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "prepare"],
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(WAITS)
    output, _none = waiting.communicate(timeout=60)
    assert waiting.returncode == 0
    assert output.startswith("The site is ready.")
