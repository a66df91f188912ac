"""Lists are read from the standby; whoever changed something, SCIM and the rest are not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.test import Client, override_settings
from django.urls import reverse

from mdm_portal.portal import replica
from scim_provisioning.directory.models import User
from tests.portal.people import person
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


@pytest.fixture
def browser(standby: Any, portal: Client) -> Client:
    """Return a signed-in browser: its middleware is loaded while there is a standby."""
    return portal


def asked(standby: Any) -> list[str]:
    """Return the statements that the standby was sent."""
    return [query["sql"] for query in standby.queries_log]


@pytest.mark.parametrize("page", LISTS)
def test_a_list_is_read_from_the_standby(standby: Any, browser: Client, page: str) -> None:
    person("ana")
    standby.force_debug_cursor = True
    assert browser.get(reverse(page)).status_code == 200
    assert asked(standby)
    assert not [sql for sql in asked(standby) if not sql.startswith("SELECT")]


def test_a_standby_that_does_not_answer_is_left_out(standby: Any, browser: Client) -> None:
    person("ana")
    gone = Gone()
    with standby.execute_wrapper(gone):
        for _turn in range(2):
            assert "ana" in browser.get(reverse("users")).content.decode()
    assert gone.asked == 1


def test_who_changed_something_reads_from_the_primary(standby: Any, browser: Client) -> None:
    standby.force_debug_cursor = True
    answer = browser.post(reverse("users-columns"), {})
    assert answer.cookies[replica.OWN_CHANGE]["max-age"] == replica.OWN_CHANGE_SECONDS
    assert browser.get(reverse("users")).status_code == 200
    assert not asked(standby)
    del browser.cookies[replica.OWN_CHANGE]
    browser.get(reverse("users"))
    assert asked(standby)


def test_scim_never_reads_from_the_standby(standby: Any) -> None:
    gone = Gone()
    with standby.execute_wrapper(gone):
        client = connect("okta")
        made = client.post("/Users", {"userName": "ana@ex.org"})
        assert made.status_code == 201
        assert client.get("/Users").status_code == 200
        assert client.get(f"/Users/{made.json()['id']}").status_code == 200
        assert client.get("/Groups").status_code == 200
        assert User.objects.get().user_name == "ana@ex.org"
    assert gone.asked == 0


def test_what_was_read_from_the_standby_is_written_to_the_primary() -> None:
    router = replica.Router()
    assert router.db_for_write(User, instance=User()) == DEFAULT_DB_ALIAS
    assert router.allow_migrate(replica.ALIAS, "directory") is False
    assert router.allow_migrate(DEFAULT_DB_ALIAS, "directory") is True


def test_without_a_standby_nothing_is_marked(portal: Client) -> None:
    assert replica.OWN_CHANGE not in portal.post(reverse("users-columns"), {}).cookies
