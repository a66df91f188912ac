"""How many statements each SCIM request may cost, whatever the size of the directory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scim_provisioning.directory.models import Group, Membership, User
from scim_provisioning.directory.tables import MEMBERS_OF_GROUP
from scim_provisioning.settings import registry
from scim_provisioning.settings import services as settings_services
from scim_provisioning.tokens import credentials
from tests.scim.client import ScimClient
from tests.scim.conftest import operator

pytestmark = pytest.mark.django_db

READ, CREATE, CHANGE, MEMBER_CHANGE, LIST = 2, 6, 6, 8, 5
SMALL, LARGE = 5, 5000
TRANSACTION_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@contextmanager
def statements(client: ScimClient) -> Iterator[list[str]]:
    """Give the statements of what follows, once the token and the attributes are remembered."""
    client.get("/Users?count=0")
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(TRANSACTION_CONTROL)
    ]


@pytest.fixture(autouse=True)
def remembered_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a process remembers through a test, however slow the machine is."""
    for room in (credentials, registry):
        monkeypatch.setattr(room, "FRESH_SECONDS", 600)


def members(count: int) -> list[User]:
    """Return so many stored users."""
    return User.objects.bulk_create(
        [User(user_name=f"member{number:05}@ex.org") for number in range(count)], batch_size=1000
    )


def group_of(users: list[User], name: str = "Everybody") -> Group:
    """Return a stored group of these users."""
    group = Group.objects.create(display_name=name)
    Membership.objects.bulk_create(
        [Membership(group=group, user=user) for user in users], batch_size=5000
    )
    return group


@pytest.fixture(params=[SMALL, LARGE])
def group(request: pytest.FixtureRequest, db: None) -> Group:
    """Return a small group, then a large one."""
    return group_of(members(request.param))


def body(number: int = 0) -> dict[str, Any]:
    """Return a user with everything that is kept."""
    return {
        "userName": f"new{number}@ex.org",
        "externalId": f"x{number}",
        "displayName": "New",
        "name": {"givenName": "N", "familyName": "Ew"},
        "emails": [{"value": f"new{number}@ex.org", "type": "work", "primary": True}],
        ENTERPRISE: {"department": "Sales"},
    }


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    """Return a PatchOp message."""
    return {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": list(operations),
    }


def test_user_routes(okta: ScimClient) -> None:
    """Create, read, replace, PATCH, deactivate and delete of a user in some groups."""
    with statements(okta) as sent:
        user_id = okta.post("/Users", body()).json()["id"]
    assert len(sent) <= CREATE, "\n".join(sent)
    for number in range(3):
        group_of([User.objects.get(id=user_id)], f"Group {number}")
    path = f"/Users/{user_id}"
    budgets: list[tuple[int, Callable[[], Any]]] = [
        (READ, lambda: okta.get(path)),
        (CHANGE, lambda: okta.put(path, {**body(), "displayName": "Other"})),
        (CHANGE, lambda: okta.patch(path, patch({"op": "replace", "value": {"active": False}}))),
        (CHANGE, lambda: okta.delete(path)),
    ]
    for budget, request in budgets:
        with statements(okta) as sent:
            assert request().status_code in (200, 204)
        assert len(sent) <= budget, "\n".join(sent)


def test_a_refused_create(okta: ScimClient) -> None:
    """A 409 costs no more than a create."""
    okta.post("/Users", body())
    with statements(okta) as sent:
        assert okta.post("/Users", body()).status_code == 409
    assert len(sent) <= CREATE, "\n".join(sent)


def test_an_update_that_changes_nothing_writes_nothing(okta: ScimClient) -> None:
    """A PUT of what is there already reads only: an IdP's every cycle sends many of those."""
    path = f"/Users/{okta.post('/Users', body()).json()['id']}"
    with statements(okta) as sent:
        assert okta.put(path, body()).status_code == 200
    assert not [sql for sql in sent if sql.startswith(("UPDATE", "INSERT", "DELETE"))]


@pytest.mark.parametrize(
    "query",
    [
        "/Users",
        "/Users?startIndex=101&count=100",
        '/Users?filter=userName eq "new1@ex.org"&startIndex=1&count=100',
        '/Users?filter=externalId eq "x1"',
        '/Users?filter=emails[type eq "work"].value eq "new1@ex.org"',
        '/Users?filter=userName sw "new"&sortBy=name.familyName&count=50',
        "/Users?cursor&count=10",
        "/Groups",
        '/Groups?filter=displayName eq "Everybody"&excludedAttributes=members',
        "/Groups?sortBy=displayName&count=2",
    ],
)
def test_lists(okta: ScimClient, query: str) -> None:
    """A page costs the same with few rows and with many."""
    settings_services.add_custom_attribute(name="badge", actor=operator())
    for number in range(20):
        okta.post("/Users", body(number))
    users = members(200)
    for number in range(5):
        group_of(users, f"Group {number}")
    with statements(okta) as sent:
        assert okta.get(query).status_code == 200
    assert len(sent) <= LIST, "\n".join(sent)


@pytest.mark.parametrize(
    "query",
    [
        "/Users?count=2",
        "/Users?count=2&cursor",
        "/Users?count=2&sortBy=userName",
        "/Users?count=2&sortBy=name.familyName&sortOrder=descending&cursor",
        "/Groups?count=2&sortBy=displayName",
    ],
)
def test_who_lists_all_has_nothing_counted(okta: ScimClient, query: str) -> None:
    """Of a large directory that would be most of the work."""
    group_of(members(5))
    group_of([], "Nobody")
    group_of([], "Somebody")
    with statements(okta) as sent:
        answer = okta.get(query)
    assert answer.json()["totalResults"] == (3 if "Groups" in query else 5)
    assert not [sql for sql in sent if "COUNT(" in sql.upper()], "\n".join(sent)


def test_group_routes(okta: ScimClient, group: Group) -> None:
    """Create, read, rename, PUT and delete of a group, small or large."""
    ids = [str(key) for key in User.objects.values_list("id", flat=True)]
    listed = [{"value": key} for key in ids]
    with statements(okta) as sent:
        answer = okta.post("/Groups", {"displayName": "New", "members": listed})
    assert answer.status_code == 201
    assert len(sent) <= CREATE, "\n".join(sent)
    path = f"/Groups/{group.id}"
    budgets: list[tuple[int, Callable[[], Any]]] = [
        (READ, lambda: okta.get(path)),
        (MEMBER_CHANGE, lambda: okta.patch(path, patch(rename("Other")))),
        (MEMBER_CHANGE, lambda: okta.put(path, {"displayName": "B", "members": listed[1:]})),
        (CHANGE, lambda: okta.delete(path)),
    ]
    for budget, request in budgets:
        with statements(okta) as sent:
            assert request().status_code in (200, 204)
        assert len(sent) <= budget, "\n".join(sent)


def test_member_patches(okta: ScimClient, entra: ScimClient, group: Group) -> None:
    """Adding and removing members costs the same in a large group as in a small one."""
    new = str(User.objects.create(user_name="joiner@ex.org").id)
    add = {"op": "add", "path": "members", "value": [{"value": new}]}
    by_filter = {"op": "remove", "path": f'members[value eq "{new}"]'}
    by_list = {"op": "Remove", "path": "members", "value": [{"value": new}]}
    path = f"/Groups/{group.id}"
    for client in (okta, entra):
        for operation in (add, add, by_filter, by_filter, add, by_list, add, by_list):
            with statements(client) as sent:
                assert client.patch(path, patch(operation)).status_code in (200, 204)
            assert len(sent) <= MEMBER_CHANGE, "\n".join(sent)


def rename(name: str) -> dict[str, Any]:
    """Return the operation that renames a group."""
    return {"op": "replace", "path": "displayName", "value": name}


def mentions_of_members(sent: list[str]) -> list[str]:
    """Return the statements that touch the membership table, but to tell whether they are few."""
    return [sql for sql in sent if Membership._meta.db_table in sql.replace(MEMBERS_OF_GROUP, "")]


def test_excluded_members_are_never_read(entra: ScimClient, group: Group) -> None:
    """``excludedAttributes=members`` is obeyed in the database, not only on the wire."""
    queries = [
        f"/Groups/{group.id}?excludedAttributes=members",
        '/Groups?excludedAttributes=members&filter=displayName eq "Everybody"',
        "/Groups?excludedAttributes=members",
        "/Groups?attributes=displayName",
    ]
    for query in queries:
        with statements(entra) as sent:
            assert entra.get(query).status_code == 200
        assert not mentions_of_members(sent)


def test_excluded_groups_are_never_read(entra: ScimClient) -> None:
    """The same for the groups of a user."""
    entra.post("/Users", body())
    with statements(entra) as sent:
        entra.get("/Users?excludedAttributes=groups")
        entra.get('/Users?filter=id eq "x"&attributes=id')
    assert not mentions_of_members(sent)


def test_a_rename_by_entra_reads_no_members(entra: ScimClient, group: Group) -> None:
    """An answer of 204 needs no members."""
    path = f"/Groups/{group.id}"
    with statements(entra) as sent:
        assert entra.patch(path, patch(rename("Other"))).status_code == 204
    assert not mentions_of_members(sent)


def test_a_member_patch_by_entra_reads_only_the_members_it_names(
    entra: ScimClient, group: Group
) -> None:
    """Every statement on memberships names the user: none grows with the group."""
    new = User.objects.create(user_name="joiner@ex.org").id
    operation = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": str(new)}]}
    with statements(entra) as sent:
        assert entra.patch(f"/Groups/{group.id}", patch(operation)).status_code == 204
    touching = mentions_of_members(sent)
    assert touching
    assert all(new.hex in sql.replace("-", "") for sql in touching)


@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"])
def test_discovery_reads_nothing(other: ScimClient, path: str) -> None:
    """Discovery is drawn from the attribute table."""
    with statements(other) as sent:
        assert other.get(path).status_code == 200
    assert not sent
