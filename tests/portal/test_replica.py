"""Lists are read from the standby; whoever changed something, SCIM and the rest are not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.test import Client, override_settings
from django.urls import reverse

from mdm_portal.portal import replica
from scim_provisioning.directory.models import User
from tests.portal.people import make_user
from tests.scim.conftest import connect

LISTS = ("users", "user-groups", "audit-trails", "scim-requests")


class Gone:
    """A standby that does not answer."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        self.asked += 1
        raise OperationalError("the standby is gone")


@pytest.fixture
def standby(db: None) -> Iterator[Any]:
    """Have a standby: an alias of its own on the connection of the test."""
    connections.settings[replica.ALIAS] = connections.settings[DEFAULT_DB_ALIAS]
    own = connections[DEFAULT_DB_ALIAS].copy(replica.ALIAS)
    own.connection, own.in_atomic_block = connections[DEFAULT_DB_ALIAS].connection, True
    own.needs_rollback, own.closed_in_transaction = False, False
    own.close = lambda: None
    connections[replica.ALIAS] = own
    replica.ask_again()
    with override_settings(DATABASE_ROUTERS=["mdm_portal.portal.replica.Router"]):
        yield own
    replica.ask_again()
    del connections[replica.ALIAS]
    del connections.settings[replica.ALIAS]
