"""``manage.py bench`` on very little: its services answer every operation right."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from audit.actors import Actor
from bench.scim.load import Generator
from bench.scim.operations import OPERATIONS, REMOVAL
from bench.scim.ours import PROVIDERS, Site
from bench.scim.stage import KINDS, STARTS
from mdm_portal.runtime import BASE
from scim_provisioning.tokens.services import generate
from tests.commands.portals import surroundings
from tests.scim.live import database_url

USERS = 300


@pytest.fixture
def site(live_server: LiveServer) -> Iterator[Site]:
    """Return the site as the bench knows it; the databases made beside it are dropped again."""
    tokens = {
        idp: generate(provider=idp, lifetime_days=None, actor=Actor.system()).secret
        for idp in PROVIDERS
    }
    environment = {**os.environ, "PYTHONPATH": str(BASE)}
    yield Site(0, f"{live_server.url}/scim/v2", database_url(), environment, tokens)
    with connection.cursor() as cursor:
        for name in ("floor", "plain"):
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_all_services_answer_every_operation_right(site: Site) -> None:
    holding = site.filled(USERS)
    generator = Generator(connections=2)
    with ExitStack() as running:
        targets = [STARTS[kind](site, holding, running) for kind in KINDS]
        for target, operation in product(targets, (*OPERATIONS, REMOVAL)):
            generator.prove(operation, target)
            assert generator.measure(operation, target, seconds=0.01).done >= 1


def test_unknown_services_are_refused_before_anything_starts() -> None:
    command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "bench", "--only", "theirs"]
    done = subprocess.run(
        command, env=surroundings(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "theirs" in done.stderr
